"""A verification says why it was asked for and how often it began; it is of one of our two ledgers.

Revision ID: 0095
"""

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0080"

TABLE, SCHEMA = "ledger_check", "compliance"


def upgrade() -> None:
    op.add_column(
        TABLE,
        sa.Column(
            "why",
            sa.String(16),
            nullable=False,
            server_default="asked",
            comment="class:operational",
        ),
        schema=SCHEMA,
    )
    op.add_column(
        TABLE,
        sa.Column(
            "starts",
            sa.SmallInteger(),
            nullable=False,
            server_default="0",
            comment="class:operational",
        ),
        schema=SCHEMA,
    )
    op.create_check_constraint(
        op.f("ck_ledger_check_ledger_known"), TABLE, "ledger in ('relay', 'access')", schema=SCHEMA
    )
    op.create_check_constraint(
        op.f("ck_ledger_check_why_known"),
        TABLE,
        "why in ('asked', 'daily', 'did_not_fit')",
        schema=SCHEMA,
    )


def downgrade() -> None:
    for name in ("ck_ledger_check_why_known", "ck_ledger_check_ledger_known"):
        op.drop_constraint(op.f(name), TABLE, schema=SCHEMA)
    for column in ("starts", "why"):
        op.drop_column(TABLE, column, schema=SCHEMA)
