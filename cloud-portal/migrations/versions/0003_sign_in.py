"""Sign-in by the practice's issuer: no accounts and passwords here any more.

Anyone who is signed in during the migration signs in once more.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

STAMP = sa.DateTime(timezone=True)


def _column(name: str, kind: sa.types.TypeEngine, data_class: str, **more: object) -> sa.Column:
    more.setdefault("nullable", False)
    return sa.Column(name, kind, comment=f"class:{data_class}", **more)


def _exempt(table: str) -> tuple[sa.Column, sa.CheckConstraint]:
    return (
        _column("hipaa_exempt", sa.Boolean(), "operational", server_default="true"),
        sa.CheckConstraint("hipaa_exempt", name=op.f(f"ck_{table}_exempt_only")),
    )


def upgrade() -> None:
    op.execute("delete from portal.session")
    op.drop_constraint("fk_session_user_id_account", "session", schema="portal")
    for column in (
        _column("id", sa.Uuid(), "operational"),
        _column("issuer_sid", sa.String(255), "operational", server_default=""),
        _column("id_token", sa.String(8192), "secret", server_default=""),
        _column("authenticated_at", STAMP, "operational", nullable=True),
        _column("methods", postgresql.ARRAY(sa.String(20)), "operational", server_default="{}"),
        _column("device", sa.String(120), "operational", server_default=""),
    ):
        op.add_column("session", column, schema="portal")
    op.create_unique_constraint(op.f("uq_session_id"), "session", ["id"], schema="portal")
    op.create_index(op.f("ix_session_issuer_sid"), "session", ["issuer_sid"], schema="portal")
    op.create_table(
        "sign_in_request",
        _column("state_hash", sa.LargeBinary(32), "secret"),
        _column("nonce", sa.String(64), "secret"),
        _column("verifier", sa.String(64), "secret"),
        _column("next_path", sa.String(300), "operational"),
        _column("ends_at", STAMP, "operational"),
        *_exempt("sign_in_request"),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in_request")),
        schema="portal",
    )
    op.create_table(
        "seen_logout_token",
        _column("jti", sa.String(255), "operational"),
        _column("ends_at", STAMP, "operational"),
        *_exempt("seen_logout_token"),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_seen_logout_token")),
        schema="portal",
    )
    for table in ("sign_in_request", "seen_logout_token"):
        op.create_index(op.f(f"ix_{table}_ends_at"), table, ["ends_at"], schema="portal")
    op.drop_table("account", schema="portal")
    op.drop_table("sign_in_failures", schema="portal")


def downgrade() -> None:
    message = "the portal's accounts and passwords are gone; restore a backup instead"
    raise RuntimeError(message)
