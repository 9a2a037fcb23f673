"""While the peer has not joined a declared restore, its word about our ledgers says since when.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE relay.shown_checkpoint ADD COLUMN unsettled_at timestamptz NULL")
    op.execute("COMMENT ON COLUMN relay.shown_checkpoint.unsettled_at IS 'class:operational'")


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
