"""The sender remembers the rows that wait for their files while others pass.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table relay.sender add column aside varchar(16384) not null default ''")


def downgrade() -> None:
    raise RuntimeError("a ledger is never taken down")
