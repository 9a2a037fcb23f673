"""A recall remembers its generation, so that after a restore the home can say what it knows.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE relay.recall_status ADD COLUMN generation integer NOT NULL DEFAULT 0")
    op.execute("COMMENT ON COLUMN relay.recall_status.generation IS 'class:operational'")
    op.execute(
        "CREATE INDEX outbox_recalls ON relay.outbox (kind, record_id, version) WHERE op = 'recall'"
    )


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
