"""Ledger and access review: rows to search, saved views, checks, disclosures.

Revision ID: 0010
"""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
