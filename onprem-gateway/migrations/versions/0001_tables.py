"""Tables of the plane, each column with its class."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

SCHEMAS = ("practice", "compliance", "identity", "ingress")


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"create schema if not exists {schema}")
    op.create_table(
        "exemption_request",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("record_id", sa.Uuid(), nullable=True, comment="class:operational"),
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
            "expires_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column("decided_by", sa.String(length=80), nullable=True, comment="class:operational"),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "outcome",
            sa.String(length=16),
            server_default="open",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemption_request")),
        schema="compliance",
    )
    op.create_index(
        op.f("ix_exemption_request_record_id"),
        "exemption_request",
        ["record_id"],
        unique=False,
        schema="compliance",
    )
    op.create_table(
        "held_record",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("record_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column("rule", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column("place", sa.String(length=60), nullable=True, comment="class:operational"),
        sa.Column(
            "held_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column("decided_by", sa.String(length=80), nullable=True, comment="class:operational"),
        sa.Column(
            "outcome",
            sa.String(length=8),
            server_default="waiting",
            nullable=False,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_record")),
        sa.UniqueConstraint(
            "kind", "record_id", "version", name=op.f("uq_held_record_kind_record_id_version")
        ),
        schema="compliance",
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("code", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column(
            "subject_kind", sa.String(length=40), nullable=False, comment="class:operational"
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "opened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "closed_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column("closed_by", sa.String(length=80), nullable=True, comment="class:operational"),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        schema="compliance",
    )
    op.create_table(
        "sign_in_failures",
        sa.Column(
            "subject_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="class:operational"),
        sa.Column(
            "not_before", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.PrimaryKeyConstraint("subject_hash", name=op.f("pk_sign_in_failures")),
        schema="identity",
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("email", sa.String(length=200), nullable=False, comment="class:exempt"),
        sa.Column("display_name", sa.String(length=120), nullable=False, comment="class:exempt"),
        sa.Column(
            "roles",
            postgresql.ARRAY(sa.String(length=40)),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=False, comment="class:secret"),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        schema="identity",
    )
    op.create_table(
        "call_budget",
        sa.Column(
            "minute", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column("calls", sa.Integer(), nullable=False, comment="class:operational"),
        sa.Column(
            "refused",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("minute", name=op.f("pk_call_budget")),
        schema="ingress",
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("source", sa.String(length=20), nullable=False, comment="class:operational"),
        sa.Column("peer", sa.String(length=45), nullable=False, comment="class:operational"),
        sa.Column("outcome", sa.String(length=20), nullable=False, comment="class:operational"),
        sa.Column("size", sa.Integer(), nullable=False, comment="class:operational"),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("result", sa.String(length=20), nullable=True, comment="class:operational"),
        sa.Column("result_code", sa.String(length=60), nullable=True, comment="class:operational"),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        schema="ingress",
    )
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["received_at"],
        unique=False,
        schema="ingress",
        postgresql_where="result is null",
    )
    op.create_table(
        "seen_event",
        sa.Column("token", sa.LargeBinary(length=8), nullable=False, comment="class:operational"),
        sa.Column("delivery_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_seen_event")),
        schema="ingress",
    )
    op.create_table(
        "announcement",
        sa.Column("title", sa.String(length=120), nullable=False, comment="class:exempt"),
        sa.Column("body", sa.String(length=4000), nullable=False, comment="class:exempt"),
        sa.Column("author_id", sa.Uuid(), nullable=False, comment="class:exempt"),
        sa.Column(
            "published_at", sa.DateTime(timezone=True), nullable=False, comment="class:exempt"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint(
            "not hipaa_exempt or exemption_id is not null",
            name=op.f("ck_announcement_exemption_named"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        schema="practice",
    )
    op.create_table(
        "arrival",
        sa.Column("kind", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("record_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("version", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column("outcome", sa.String(length=8), nullable=False, comment="class:operational"),
        sa.Column(
            "screened_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("kind", "record_id", name=op.f("pk_arrival")),
        schema="practice",
    )
    op.create_table(
        "calendar_block",
        sa.Column("appointment_id", sa.Uuid(), nullable=False, comment="class:phi"),
        sa.Column("clinician_id", sa.Uuid(), nullable=False, comment="class:exempt"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, comment="class:exempt"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:exempt"),
        sa.Column("busy", sa.String(length=16), nullable=False, comment="class:exempt"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint(
            "not hipaa_exempt or exemption_id is not null",
            name=op.f("ck_calendar_block_exemption_named"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_block")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_calendar_block_appointment_id")),
        schema="practice",
    )
    op.create_table(
        "client",
        sa.Column("legal_name_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("name_used_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("pronouns_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("birth_date_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("mobile_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("guardian_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("payer_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("language_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("intakeq_number_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column(
            "may_voicemail",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:phi",
        ),
        sa.Column(
            "may_text", sa.Boolean(), server_default="false", nullable=False, comment="class:phi"
        ),
        sa.Column(
            "may_email", sa.Boolean(), server_default="false", nullable=False, comment="class:phi"
        ),
        sa.Column(
            "may_mail", sa.Boolean(), server_default="false", nullable=False, comment="class:phi"
        ),
        sa.Column(
            "part2", sa.Boolean(), server_default="false", nullable=False, comment="class:phi"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("not hipaa_exempt", name=op.f("ck_client_never_exempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        schema="practice",
    )
    op.create_table(
        "external_id",
        sa.Column("system", sa.String(length=20), nullable=False, comment="class:operational"),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("token", sa.LargeBinary(length=8), nullable=False, comment="class:operational"),
        sa.Column("record_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.PrimaryKeyConstraint("system", "kind", "token", name=op.f("pk_external_id")),
        schema="practice",
    )
    op.create_table(
        "kept_text",
        sa.Column("source_kind", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("source_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("source_version", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column("rule", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column(
            "arrived_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("not hipaa_exempt", name=op.f("ck_kept_text_never_exempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_text")),
        sa.UniqueConstraint(
            "source_kind",
            "source_id",
            "source_version",
            name=op.f("uq_kept_text_source_kind_source_id_source_version"),
        ),
        schema="practice",
    )
    op.create_table(
        "redaction_order",
        sa.Column("reason", sa.String(length=40), nullable=False, comment="class:exempt"),
        sa.Column("target_kind", sa.String(length=40), nullable=False, comment="class:exempt"),
        sa.Column("target_id", sa.Uuid(), nullable=False, comment="class:exempt"),
        sa.Column("target_version", sa.BigInteger(), nullable=False, comment="class:exempt"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint(
            "not hipaa_exempt or exemption_id is not null",
            name=op.f("ck_redaction_order_exemption_named"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_order")),
        sa.UniqueConstraint(
            "target_kind",
            "target_id",
            "target_version",
            name=op.f("uq_redaction_order_target_kind_target_id_target_version"),
        ),
        schema="practice",
    )
    op.create_table(
        "staff_profile",
        sa.Column("display_name", sa.String(length=120), nullable=False, comment="class:exempt"),
        sa.Column(
            "roles", postgresql.ARRAY(sa.String(length=40)), nullable=False, comment="class:exempt"
        ),
        sa.Column(
            "active", sa.Boolean(), server_default="true", nullable=False, comment="class:exempt"
        ),
        sa.Column("email", sa.String(length=200), nullable=False, comment="class:operational"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint(
            "not hipaa_exempt or exemption_id is not null",
            name=op.f("ck_staff_profile_exemption_named"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_profile")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_profile_email")),
        schema="practice",
    )
    op.create_table(
        "handoff",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "used_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_handoff_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_handoff")),
        schema="identity",
    )
    op.create_table(
        "session",
        sa.Column("id_hash", sa.LargeBinary(length=32), nullable=False, comment="class:secret"),
        sa.Column("user_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "last_used_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["identity.user_account.id"],
            name=op.f("fk_session_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_session")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_session_user_id"), "session", ["user_id"], unique=False, schema="identity"
    )
    op.create_table(
        "appointment",
        sa.Column("client_id", sa.Uuid(), nullable=False, comment="class:phi"),
        sa.Column("clinician_id", sa.Uuid(), nullable=True, comment="class:phi"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, comment="class:phi"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False, comment="class:phi"),
        sa.Column("status", sa.String(length=24), nullable=False, comment="class:phi"),
        sa.Column(
            "changed_ms",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("service_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("local_note_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("not hipaa_exempt", name=op.f("ck_appointment_never_exempt")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["practice.client.id"], name=op.f("fk_appointment_client_id_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        schema="practice",
    )
    op.create_index(
        op.f("ix_appointment_client_id"),
        "appointment",
        ["client_id"],
        unique=False,
        schema="practice",
    )
    op.create_index(
        op.f("ix_appointment_clinician_id"),
        "appointment",
        ["clinician_id"],
        unique=False,
        schema="practice",
    )
    op.create_index(
        "ix_appointment_starts_at", "appointment", ["starts_at"], unique=False, schema="practice"
    )
    op.create_table(
        "client_token",
        sa.Column("client_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("token", sa.LargeBinary(length=8), nullable=False, comment="class:operational"),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["practice.client.id"],
            name=op.f("fk_client_token_client_id_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", "token", name=op.f("pk_client_token")),
        schema="practice",
    )
    op.create_index(
        "ix_client_token_token", "client_token", ["token"], unique=False, schema="practice"
    )
    op.create_table(
        "intake",
        sa.Column("client_id", sa.Uuid(), nullable=False, comment="class:phi"),
        sa.Column("status", sa.String(length=24), nullable=False, comment="class:phi"),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True, comment="class:phi"),
        sa.Column("form_name_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("answers_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("not hipaa_exempt", name=op.f("ck_intake_never_exempt")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["practice.client.id"], name=op.f("fk_intake_client_id_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        schema="practice",
    )
    op.create_index(
        op.f("ix_intake_client_id"), "intake", ["client_id"], unique=False, schema="practice"
    )
    op.create_table(
        "note",
        sa.Column("client_id", sa.Uuid(), nullable=False, comment="class:phi"),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False, comment="class:phi"),
        sa.Column(
            "locks", sa.Integer(), server_default="1", nullable=False, comment="class:operational"
        ),
        sa.Column("content_token", sa.LargeBinary(length=32), nullable=False, comment="class:phi"),
        sa.Column("title_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("not hipaa_exempt", name=op.f("ck_note_never_exempt")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["practice.client.id"], name=op.f("fk_note_client_id_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        schema="practice",
    )
    op.create_index(
        op.f("ix_note_client_id"), "note", ["client_id"], unique=False, schema="practice"
    )
    op.create_table(
        "referral",
        sa.Column("client_id", sa.Uuid(), nullable=False, comment="class:phi"),
        sa.Column("source_category", sa.String(length=40), nullable=False, comment="class:phi"),
        sa.Column("source_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("received_on", sa.Date(), nullable=False, comment="class:phi"),
        sa.Column("channel", sa.String(length=40), nullable=False, comment="class:phi"),
        sa.Column("concern_code", sa.String(length=40), nullable=False, comment="class:phi"),
        sa.Column("concern_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column(
            "urgency",
            sa.String(length=20),
            server_default="routine",
            nullable=False,
            comment="class:phi",
        ),
        sa.Column(
            "payer",
            sa.String(length=40),
            server_default="unknown",
            nullable=False,
            comment="class:phi",
        ),
        sa.Column(
            "may_contact", sa.Boolean(), server_default="false", nullable=False, comment="class:phi"
        ),
        sa.Column(
            "may_report_back",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:phi",
        ),
        sa.Column(
            "state",
            sa.String(length=20),
            server_default="received",
            nullable=False,
            comment="class:phi",
        ),
        sa.Column("state_reason", sa.String(length=40), nullable=True, comment="class:phi"),
        sa.Column(
            "state_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:phi",
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("not hipaa_exempt", name=op.f("ck_referral_never_exempt")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["practice.client.id"], name=op.f("fk_referral_client_id_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        schema="practice",
    )
    op.create_index(
        op.f("ix_referral_client_id"), "referral", ["client_id"], unique=False, schema="practice"
    )
    op.create_index(
        op.f("ix_referral_state"), "referral", ["state"], unique=False, schema="practice"
    )
    op.create_table(
        "referral_move",
        sa.Column("referral_id", sa.Uuid(), nullable=False, comment="class:phi"),
        sa.Column("from_state", sa.String(length=20), nullable=True, comment="class:phi"),
        sa.Column("to_state", sa.String(length=20), nullable=False, comment="class:phi"),
        sa.Column("reason", sa.String(length=40), nullable=True, comment="class:phi"),
        sa.Column("moved_by", sa.String(length=80), nullable=False, comment="class:operational"),
        sa.Column(
            "moved_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "storage_policy",
            sa.String(length=16),
            sa.Computed(
                "case when hipaa_exempt then 'cloud_allowed' else 'local_only' end", persisted=True
            ),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="1",
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
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("not hipaa_exempt", name=op.f("ck_referral_move_never_exempt")),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["practice.referral.id"],
            name=op.f("fk_referral_move_referral_id_referral"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_move")),
        schema="practice",
    )
    op.create_index(
        op.f("ix_referral_move_referral_id"),
        "referral_move",
        ["referral_id"],
        unique=False,
        schema="practice",
    )


def downgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"drop schema {schema} cascade")
