"""Append-only ledgers that an outsider can verify offline."""
