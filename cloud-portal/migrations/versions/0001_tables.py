"""Tables of the plane, each column with its class."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

SCHEMAS = ("portal",)


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"create schema if not exists {schema}")
    op.create_table(
        "account",
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
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("hipaa_exempt", name=op.f("ck_account_exempt_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        schema="portal",
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
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("hipaa_exempt", name=op.f("ck_sign_in_failures_exempt_only")),
        sa.PrimaryKeyConstraint("subject_hash", name=op.f("pk_sign_in_failures")),
        schema="portal",
    )
    op.create_table(
        "ticket",
        sa.Column("subject", sa.String(length=200), nullable=False, comment="class:exempt"),
        sa.Column("body", sa.String(length=4000), nullable=False, comment="class:exempt"),
        sa.Column("category", sa.String(length=20), nullable=False, comment="class:exempt"),
        sa.Column("urgency", sa.String(length=10), nullable=False, comment="class:exempt"),
        sa.Column(
            "state",
            sa.String(length=10),
            server_default="new",
            nullable=False,
            comment="class:exempt",
        ),
        sa.Column("filed_by", sa.Uuid(), nullable=False, comment="class:exempt"),
        sa.Column(
            "filed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:exempt",
        ),
        sa.Column("assignee_id", sa.Uuid(), nullable=True, comment="class:exempt"),
        sa.Column(
            "redacted", sa.Boolean(), server_default="false", nullable=False, comment="class:exempt"
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
        sa.CheckConstraint("hipaa_exempt", name=op.f("ck_ticket_exempt_only")),
        sa.CheckConstraint(
            "not hipaa_exempt or exemption_id is not null", name=op.f("ck_ticket_exemption_named")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_ticket_filed_by"), "ticket", ["filed_by"], unique=False, schema="portal"
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
        sa.Column(
            "hipaa_exempt",
            sa.Boolean(),
            server_default="true",
            nullable=False,
            comment="class:operational",
        ),
        sa.CheckConstraint("hipaa_exempt", name=op.f("ck_session_exempt_only")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["portal.account.id"],
            name=op.f("fk_session_user_id_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_session")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_session_user_id"), "session", ["user_id"], unique=False, schema="portal"
    )
    op.create_table(
        "ticket_message",
        sa.Column("ticket_id", sa.Uuid(), nullable=False, comment="class:exempt"),
        sa.Column("author_id", sa.Uuid(), nullable=False, comment="class:exempt"),
        sa.Column("body", sa.String(length=4000), nullable=False, comment="class:exempt"),
        sa.Column(
            "internal", sa.Boolean(), server_default="false", nullable=False, comment="class:exempt"
        ),
        sa.Column(
            "redacted", sa.Boolean(), server_default="false", nullable=False, comment="class:exempt"
        ),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:exempt",
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
        sa.CheckConstraint("hipaa_exempt", name=op.f("ck_ticket_message_exempt_only")),
        sa.CheckConstraint(
            "not hipaa_exempt or exemption_id is not null",
            name=op.f("ck_ticket_message_exemption_named"),
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["portal.ticket.id"], name=op.f("fk_ticket_message_ticket_id_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_message")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_ticket_message_ticket_id"),
        "ticket_message",
        ["ticket_id"],
        unique=False,
        schema="portal",
    )


def downgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"drop schema {schema} cascade")
