"""Screening: no text leaves that names a client; no text stays in the cloud that does."""
