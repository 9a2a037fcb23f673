"""Monthly statements: asked for in the workspace, made by the worker, kept.

Revision ID: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

STAMP = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())


def _column(name: str, kind: sa.types.TypeEngine, **more: object) -> sa.Column:
    more.setdefault("nullable", True)
    return sa.Column(name, kind, comment="class:operational", **more)


def upgrade() -> None:
    op.create_table(
        "statement",
        _column("id", sa.Uuid(), nullable=False),
        _column("month", sa.String(7), nullable=False),
        _column("zone", sa.String(64), nullable=False),
        _column("asked_by", sa.String(80), nullable=False),
        _column("asked_at", STAMP, server_default=sa.text("now()"), nullable=False),
        _column("starts", sa.Integer(), server_default="0", nullable=False),
        _column("moved_at", STAMP),
        _column("permille", sa.Integer(), server_default="0", nullable=False),
        _column("finished_at", STAMP),
        _column("outcome", sa.String(8)),
        _column("body", sa.String(262144)),
        _column("findings", JSONB),
        _column("compared", JSONB),
        _column("seen", JSONB),
        sa.CheckConstraint(
            "(finished_at is null) = (outcome is null)"
            " and (outcome is distinct from 'made' or body is not null)",
            name=op.f("ck_statement_finished_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        schema="compliance",
    )
    op.create_index(
        "uq_statement_waiting",
        "statement",
        ["month"],
        unique=True,
        schema="compliance",
        postgresql_where=sa.text("finished_at is null"),
    )


def downgrade() -> None:
    raise RuntimeError("a statement that somebody has handed on stays as it was made")
