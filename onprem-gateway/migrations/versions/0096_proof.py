"""What proves a program to the database: the hash of its access token.

Revision ID: 0096
"""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("id_hash", sa.LargeBinary(32), nullable=False, comment="class:secret"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_access_token_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_access_token")),
        schema="identity",
    )
    op.create_index(op.f("ix_access_token_ends_at"), "access_token", ["ends_at"], schema="identity")
    op.create_table(
        "trust",
        sa.Column("what", sa.String(40), nullable=False, comment="class:operational"),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("what = 'hydra_programs'", name=op.f("ck_trust_what_known")),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_trust")),
        schema="identity",
    )


def downgrade() -> None:
    op.drop_table("trust", schema="identity")
    op.drop_table("access_token", schema="identity")
