"""What screening lets pass, and why.

Revision ID: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not now,
        server_default=sa.text("now()") if now else None,
        comment="class:operational",
    )


def _person(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.String(length=80), nullable=nullable, comment="class:operational")


def upgrade() -> None:
    """The table of allowed words."""
    op.create_table(
        "screening_allowance",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("token", sa.LargeBinary(length=8), nullable=False, comment="class:operational"),
        _person("asked_by", nullable=False),
        _moment("asked_at", now=True),
        _person("approved_by"),
        _moment("approved_at"),
        _person("removed_by"),
        _moment("removed_at"),
        sa.Column("term_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.CheckConstraint(
            "approved_by is distinct from asked_by",
            name=op.f("ck_screening_allowance_other_person_approves"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_allowance")),
        schema="compliance",
    )
    op.create_index(
        op.f("uq_screening_allowance_live"),
        "screening_allowance",
        ["token"],
        unique=True,
        schema="compliance",
        postgresql_where=sa.text("removed_at is null"),
    )
