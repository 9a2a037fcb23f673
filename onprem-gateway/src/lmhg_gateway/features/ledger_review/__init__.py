"""The relay ledger for the officer's eyes: found, counted, explained and verified."""
