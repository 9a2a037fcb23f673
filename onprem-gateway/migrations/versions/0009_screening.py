"""What screening lets pass, and why.

Revision ID: 0009
"""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing yet."""
