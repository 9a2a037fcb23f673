"""The cursor passes running transactions by and remembers them; a batch names the rows it closes.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OLD = ("from_xid", "from_seq", "upto_xid", "upto_seq")


def upgrade() -> None:
    op.execute("ALTER TABLE relay.sender ADD COLUMN passed varchar(65536) NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE relay.batch ADD COLUMN stretches varchar(65536) NOT NULL DEFAULT ''")
    op.execute(
        "UPDATE relay.batch SET stretches = format('%s.%s %s.%s', from_xid, from_seq, upto_xid, upto_seq)"
        " WHERE closed_at IS NULL"
    )
    for column in OLD:
        op.execute(f"ALTER TABLE relay.batch DROP COLUMN {column}")
    op.execute("COMMENT ON COLUMN relay.sender.passed IS 'class:operational'")
    op.execute("COMMENT ON COLUMN relay.batch.stretches IS 'class:operational'")


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
