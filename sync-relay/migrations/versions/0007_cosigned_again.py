"""A checkpoint that is cosigned again after a restore is a new row, so the newest is what counts now.

Revision ID: 0007
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE relay.cosignature DROP CONSTRAINT cosignature_pkey")
    op.execute("ALTER TABLE relay.cosignature ADD PRIMARY KEY (seq)")
    op.execute("CREATE INDEX cosignature_by_size ON relay.cosignature (origin, size)")


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
