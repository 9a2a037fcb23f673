"""Classified tables, sealed columns and units of work over PostgreSQL."""
