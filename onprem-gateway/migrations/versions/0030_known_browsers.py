"""Browsers that a person has used before, and the answer to a refresh token asked again.

Revision ID: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0050"

STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "known_browser",
        sa.Column(
            "browser_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"
        ),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("seen_at", STAMP, nullable=False, comment="class:operational"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_known_browser_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("browser_hash", "user_id", name=op.f("pk_known_browser")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_known_browser_user_id"), "known_browser", ["user_id"], schema="identity"
    )
    op.add_column(
        "refresh_token",
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True, comment="class:secret"),
        schema="identity",
    )


def downgrade() -> None:
    op.drop_column("refresh_token", "answer_sealed", schema="identity")
    op.drop_table("known_browser", schema="identity")
