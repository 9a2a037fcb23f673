"""Schemas relay and replica, the same on both planes.

Revision ID: 0001
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCRIPT = Path(__file__).with_name("0001_relay.sql")


def upgrade() -> None:
    raw = op.get_bind().connection.dbapi_connection
    raw.run_async(lambda connection: connection.execute(SCRIPT.read_text(encoding="utf-8")))


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
