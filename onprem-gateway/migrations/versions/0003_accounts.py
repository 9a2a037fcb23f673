"""Second factors, letters, the sessions of both processes, and who must have what from when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lmhg_kit.persistence.audit import run_script

revision = "0003"
down_revision = "0002"

SESSION_RULES = {
    "application_known": "application in ('identity', 'workspace')",
    "stage_known": "stage in ('password', 'enrol', 'full')",
    "stage_at_identity": "stage = 'full' or application = 'identity'",
}
SESSION_COLUMNS = (
    "parent", "id", "application", "stage", "authenticated_at", "methods", "device", "address",
)  # fmt: skip
NEW_TABLES = (
    "totp", "recovery_code", "passkey", "letter", "device_reset", "challenge", "activity",
    "mfa_rule",
)  # fmt: skip
BELL = """
create function identity.ring() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform pg_notify('identity_letter', '');
    return null;
end $$;
create trigger letter_bell after insert on identity.letter
    for each statement execute function identity.ring();
"""


def upgrade() -> None:
    op.create_table(
        "mfa_rule",
        sa.Column("role", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column(
            "required_from", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_mfa_rule")),
        schema="identity",
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("act", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column(
            "method",
            sa.String(length=16),
            server_default="",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "device",
            sa.String(length=120),
            server_default="",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "address",
            sa.String(length=64),
            server_default="",
            nullable=False,
            comment="class:operational",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_activity_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_activity_user_id"), "activity", ["user_id"], unique=False, schema="identity"
    )
    op.create_table(
        "challenge",
        sa.Column(
            "challenge_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"
        ),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "session_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"
        ),
        sa.Column("purpose", sa.String(length=16), nullable=False, comment="class:operational"),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_challenge_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_challenge")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_challenge_user_id"), "challenge", ["user_id"], unique=False, schema="identity"
    )
    op.create_table(
        "device_reset",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("asked_by", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("approved_by", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "approved_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.CheckConstraint(
            "(approved_by is null) = (approved_at is null)",
            name=op.f("ck_device_reset_approval_whole"),
        ),
        sa.CheckConstraint(
            "approved_by is null or approved_by <> asked_by",
            name=op.f("ck_device_reset_two_persons"),
        ),
        sa.CheckConstraint(
            "asked_by <> user_id and approved_by is distinct from user_id",
            name=op.f("ck_device_reset_not_own"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_device_reset_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_reset")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_device_reset_user_id"),
        "device_reset",
        ["user_id"],
        unique=False,
        schema="identity",
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column("purpose", sa.String(length=24), nullable=False, comment="class:operational"),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True, comment="class:secret"),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "sent_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "used_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
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
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_letter_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_letter_token_hash")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_letter_next_at"), "letter", ["next_at"], unique=False, schema="identity"
    )
    op.create_index(
        op.f("ix_letter_user_id"), "letter", ["user_id"], unique=False, schema="identity"
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False, comment="class:operational"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="class:operational"),
        sa.Column("sign_count", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column(
            "transports",
            postgresql.ARRAY(sa.String(length=20)),
            server_default="{}",
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
        sa.Column(
            "last_used_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_passkey_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_passkey_user_id"), "passkey", ["user_id"], unique=False, schema="identity"
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"),
        sa.Column(
            "used_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_recovery_code_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_recovery_code_user_id"),
        "recovery_code",
        ["user_id"],
        unique=False,
        schema="identity",
    )
    op.create_table(
        "totp",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False, comment="class:secret"),
        sa.Column(
            "last_step",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "confirmed_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_totp_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totp")),
        schema="identity",
    )
    op.create_index(op.f("ix_totp_user_id"), "totp", ["user_id"], unique=False, schema="identity")
    op.add_column(
        "session",
        sa.Column(
            "id",
            sa.Uuid(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.add_column(
        "session",
        sa.Column(
            "application",
            sa.String(length=16),
            server_default="workspace",
            nullable=False,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.add_column(
        "session",
        sa.Column(
            "stage",
            sa.String(length=16),
            server_default="full",
            nullable=False,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.add_column(
        "session",
        sa.Column("parent", sa.Uuid(), nullable=True, comment="class:operational"),
        schema="identity",
    )
    op.add_column(
        "session",
        sa.Column(
            "authenticated_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.add_column(
        "session",
        sa.Column(
            "methods",
            postgresql.ARRAY(sa.String(length=8)),
            server_default="{}",
            nullable=False,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.add_column(
        "session",
        sa.Column(
            "device",
            sa.String(length=120),
            server_default="",
            nullable=False,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.add_column(
        "session",
        sa.Column(
            "address",
            sa.String(length=64),
            server_default="",
            nullable=False,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.create_index(
        op.f("ix_session_parent"), "session", ["parent"], unique=False, schema="identity"
    )
    op.create_unique_constraint(op.f("uq_session_id"), "session", ["id"], schema="identity")
    op.create_foreign_key(
        op.f("fk_session_parent_session"),
        "session",
        "session",
        ["parent"],
        ["id"],
        source_schema="identity",
        referent_schema="identity",
        ondelete="CASCADE",
    )
    op.add_column(
        "handoff",
        sa.Column("session_id", sa.Uuid(), nullable=True, comment="class:operational"),
        schema="identity",
    )
    op.create_index(
        op.f("ix_handoff_session_id"), "handoff", ["session_id"], unique=False, schema="identity"
    )
    op.create_foreign_key(
        op.f("fk_handoff_session_id_session"),
        "handoff",
        "session",
        ["session_id"],
        ["id"],
        source_schema="identity",
        referent_schema="identity",
        ondelete="CASCADE",
    )
    for name, rule in SESSION_RULES.items():
        op.create_check_constraint(op.f(f"ck_session_{name}"), "session", rule, schema="identity")
    op.add_column(
        "user_account",
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.add_column(
        "user_account",
        sa.Column(
            "password_changed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="class:operational",
        ),
        schema="identity",
    )
    op.add_column(
        "user_account",
        sa.Column(
            "ended_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        schema="identity",
    )
    op.alter_column(
        "user_account",
        "password_hash",
        existing_type=sa.VARCHAR(length=200),
        nullable=True,
        existing_comment="class:secret",
        schema="identity",
    )
    run_script(op.get_bind(), BELL)


def downgrade() -> None:
    op.execute("drop function identity.ring cascade")
    op.drop_column("handoff", "session_id", schema="identity")
    for name in NEW_TABLES:
        op.drop_table(name, schema="identity")
    for name in SESSION_RULES:
        op.drop_constraint(op.f(f"ck_session_{name}"), "session", schema="identity")
    for name in SESSION_COLUMNS:
        op.drop_column("session", name, schema="identity")
    for name in ("ended_at", "password_changed_at", "created_at"):
        op.drop_column("user_account", name, schema="identity")
    op.alter_column("user_account", "password_hash", nullable=False, schema="identity")
