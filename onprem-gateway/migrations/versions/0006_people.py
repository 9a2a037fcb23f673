"""The record of people leaving."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

STAMP = sa.DateTime(timezone=True)


def _column(name: str, kind: sa.types.TypeEngine, **more: object) -> sa.Column:
    more.setdefault("nullable", False)
    return sa.Column(name, kind, comment="class:operational", **more)


def upgrade() -> None:
    op.create_table(
        "offboarding",
        _column("id", sa.Uuid()),
        _column("user_id", sa.Uuid()),
        _column("by_id", sa.Uuid()),
        _column("at", STAMP, server_default=sa.text("now()")),
        *(_column(name, sa.Integer()) for name in ("sessions", "tokens", "letters", "clients")),
        _column("profile_version", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offboarding")),
        schema="practice",
    )
    op.create_index(op.f("ix_offboarding_user_id"), "offboarding", ["user_id"], schema="practice")


def downgrade() -> None:
    op.drop_table("offboarding", schema="practice")
