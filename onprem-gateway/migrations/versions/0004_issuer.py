"""The issuer: clients with their secrets and history, signing keys, codes, tokens, notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lmhg_kit.persistence.audit import run_script

revision = "0004"
down_revision = "0003"

NEW_TABLES = (
    "refresh_token",
    "authorization_code",
    "session_client",
    "scope_request",
    "logout_notice",
    "consent",
    "client_secret",
    "signing_key",
    "revoked_token",
    "oauth_client",
    "client_change",
)
BELLS = """
create function identity.ring_notice() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform pg_notify('identity_logout', '');
    return null;
end $$;
create function identity.ring_client() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform pg_notify('identity_client', '');
    return null;
end $$;
create trigger notice_bell after insert on identity.logout_notice
    for each statement execute function identity.ring_notice();
create trigger client_bell after insert or update on identity.oauth_client
    for each statement execute function identity.ring_client();
"""


def upgrade() -> None:
    op.create_table(
        "client_change",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("by", sa.String(length=80), nullable=False, comment="class:operational"),
        sa.Column("what", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column(
            "diff",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_change")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_client_change_client"),
        "client_change",
        ["client"],
        unique=False,
        schema="identity",
    )
    op.create_table(
        "oauth_client",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client_id", sa.String(length=64), nullable=False, comment="class:operational"),
        sa.Column("name", sa.String(length=120), nullable=False, comment="class:exempt"),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="class:operational"),
        sa.Column(
            "first_party",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "redirect_uris",
            postgresql.ARRAY(sa.String(length=500)),
            server_default="{}",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "post_logout_uris",
            postgresql.ARRAY(sa.String(length=500)),
            server_default="{}",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "backchannel_uri", sa.String(length=500), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.String(length=40)),
            server_default="{}",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_client")),
        sa.UniqueConstraint("client_id", name=op.f("uq_oauth_client_client_id")),
        schema="identity",
    )
    op.create_table(
        "revoked_token",
        sa.Column("jti", sa.String(length=43), nullable=False, comment="class:operational"),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_revoked_token")),
        schema="identity",
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(length=43), nullable=False, comment="class:operational"),
        sa.Column("alg", sa.String(length=8), nullable=False, comment="class:operational"),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=True, comment="class:secret"),
        sa.Column(
            "public_jwk",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "active_from", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "retired_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
        schema="identity",
    )
    op.create_table(
        "client_secret",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_client_secret_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secret")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_client_secret_client"),
        "client_secret",
        ["client"],
        unique=False,
        schema="identity",
    )
    op.create_table(
        "consent",
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.String(length=40)),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "given_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_consent_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_consent_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "client", name=op.f("pk_consent")),
        schema="identity",
    )
    op.create_table(
        "logout_notice",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("sid", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "sent_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "given_up_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_logout_notice_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logout_notice")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_logout_notice_user_id"),
        "logout_notice",
        ["user_id"],
        unique=False,
        schema="identity",
    )
    op.create_table(
        "scope_request",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.String(length=40)),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "requested_by", sa.String(length=80), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "outcome",
            sa.String(length=16),
            server_default="open",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("decided_by", sa.String(length=80), nullable=True, comment="class:operational"),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.CheckConstraint(
            "(outcome = 'open') = (decided_by is null)", name=op.f("ck_scope_request_decided")
        ),
        sa.CheckConstraint(
            "outcome <> 'approved' or decided_by <> requested_by",
            name=op.f("ck_scope_request_second_person"),
        ),
        sa.CheckConstraint(
            "outcome in ('open', 'approved', 'declined')",
            name=op.f("ck_scope_request_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_scope_request_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope_request")),
        schema="identity",
    )
    op.create_index(
        "uq_scope_request_open",
        "scope_request",
        ["client"],
        unique=True,
        schema="identity",
        postgresql_where="outcome = 'open'",
    )
    op.create_table(
        "session_client",
        sa.Column("session_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_session_client_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "client", name=op.f("pk_session_client")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_session_client_user_id"),
        "session_client",
        ["user_id"],
        unique=False,
        schema="identity",
    )
    op.create_table(
        "authorization_code",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("session_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "redirect_uri", sa.String(length=500), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.String(length=40)),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("nonce", sa.String(length=255), nullable=True, comment="class:secret"),
        sa.Column("challenge", sa.String(length=43), nullable=False, comment="class:secret"),
        sa.Column(
            "auth_time", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "methods",
            postgresql.ARRAY(sa.String(length=8)),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("family", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "used_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column("jti", sa.String(length=43), nullable=True, comment="class:operational"),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_authorization_code_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["identity.session.id"],
            name=op.f("fk_authorization_code_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_authorization_code_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_authorization_code")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_authorization_code_session_id"),
        "authorization_code",
        ["session_id"],
        unique=False,
        schema="identity",
    )
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"),
        sa.Column("family", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("session_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.String(length=40)),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "auth_time", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "methods",
            postgresql.ARRAY(sa.String(length=8)),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "used_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "revoked_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column("jti", sa.String(length=43), nullable=False, comment="class:operational"),
        sa.ForeignKeyConstraint(
            ["client"],
            ["identity.oauth_client.id"],
            name=op.f("fk_refresh_token_client_oauth_client"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["identity.session.id"],
            name=op.f("fk_refresh_token_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_refresh_token_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_token")),
        schema="identity",
    )
    op.create_index(
        "ix_refresh_token_family", "refresh_token", ["family"], unique=False, schema="identity"
    )
    op.create_index(
        op.f("ix_refresh_token_session_id"),
        "refresh_token",
        ["session_id"],
        unique=False,
        schema="identity",
    )
    op.create_index(
        op.f("ix_refresh_token_user_id"),
        "refresh_token",
        ["user_id"],
        unique=False,
        schema="identity",
    )
    run_script(op.get_bind(), BELLS)


def downgrade() -> None:
    op.execute("drop function identity.ring_notice cascade")
    op.execute("drop function identity.ring_client cascade")
    for name in NEW_TABLES:
        op.drop_table(name, schema="identity")
