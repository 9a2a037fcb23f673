"""Sign-ins under way at an external issuer."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "external_request",
        sa.Column("state_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"),
        sa.Column("nonce", sa.String(length=64), nullable=False, comment="class:secret"),
        sa.Column("verifier", sa.String(length=64), nullable=False, comment="class:secret"),
        sa.Column("handoff_state", sa.String(length=64), nullable=False, comment="class:secret"),
        sa.Column("next_path", sa.String(length=300), nullable=False, comment="class:operational"),
        sa.Column("fresh", sa.Boolean(), nullable=False, comment="class:operational"),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_external_request")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_external_request_ends_at"), "external_request", ["ends_at"], schema="identity"
    )
