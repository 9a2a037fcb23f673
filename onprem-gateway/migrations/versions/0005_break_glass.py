"""Break-glass: openings, each with a reason, an end and a review."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _moment(name: str, *, nullable: bool) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), nullable=nullable, comment="class:operational"
    )


def upgrade() -> None:
    op.create_table(
        "break_glass",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        _moment("opened_at", nullable=False),
        _moment("ends_at", nullable=False),
        _moment("ended_at", nullable=True),
        _moment("told_at", nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True, comment="class:operational"),
        _moment("reviewed_at", nullable=True),
        sa.Column(
            "outcome",
            sa.String(length=12),
            server_default="open",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.CheckConstraint(
            "ends_at <= opened_at + interval '1 hour'", name=op.f("ck_break_glass_time_boxed")
        ),
        sa.CheckConstraint(
            "reviewed_by is distinct from user_id",
            name=op.f("ck_break_glass_other_person_reviews"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
        schema="compliance",
    )
    op.create_index(op.f("ix_break_glass_user_id"), "break_glass", ["user_id"], schema="compliance")
