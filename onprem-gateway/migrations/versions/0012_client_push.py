"""What Ory Hydra has of each client, and what is on its way there.

Revision ID: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

STAMP = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def _column(name: str, kind: sa.types.TypeEngine, **more: object) -> sa.Column:
    more.setdefault("nullable", True)
    return sa.Column(name, kind, comment="class:operational", **more)


def upgrade() -> None:
    op.create_table(
        "client_push",
        _column("client", sa.Uuid(), nullable=False),
        _column("digest", sa.String(64)),
        _column("told_at", STAMP),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True, comment="class:secret"),
        _column("secret_at", STAMP),
        _column("attempts", sa.Integer(), server_default="0", nullable=False),
        _column("next_at", STAMP, server_default=NOW, nullable=False),
        _column("problem", sa.String(40)),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_client_push_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client", name=op.f("pk_client_push")),
        schema="identity",
    )


def downgrade() -> None:
    raise RuntimeError("a secret on its way to Hydra is nowhere else")
