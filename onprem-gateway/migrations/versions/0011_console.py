"""Weekly packets, sweeps, and who works on an incident.

Revision ID: 0011
"""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet."""
