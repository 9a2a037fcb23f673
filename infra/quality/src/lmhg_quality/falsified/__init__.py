"""Ways to falsify a ledger, as data that any verifier can be tried on: bytes, question, verdict."""
