"""A hold keeps every hit and its text's digest, an arrival its ticket, a client its token scheme.

Revision ID: 0040
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0020"

TABLE, SCHEMA = "held_record", "compliance"


def upgrade() -> None:
    hits = sa.Column(
        "hits",
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text("'[]'::jsonb"),
        nullable=False,
        comment="class:operational",
    )
    digest = sa.Column(
        "digest", sa.LargeBinary(length=32), nullable=True, comment="class:operational"
    )
    op.add_column(TABLE, hits, schema=SCHEMA)
    op.add_column(TABLE, digest, schema=SCHEMA)
    op.create_check_constraint(
        op.f("ck_held_record_hits_bounded"),
        TABLE,
        "jsonb_typeof(hits) = 'array' and octet_length(hits::text) <= 65536",
        schema=SCHEMA,
    )
    thread = sa.Column("thread_id", sa.Uuid(), nullable=True, comment="class:operational")
    op.add_column("arrival", thread, schema="practice")
    op.create_table(
        "client_indexed",
        sa.Column("client_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("scheme", sa.SmallInteger(), nullable=False, comment="class:operational"),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["practice.client.id"],
            name=op.f("fk_client_indexed_client_id_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_indexed")),
        schema="practice",
    )
    op.drop_index("ix_client_token_token", table_name="client_token", schema="practice")
    op.create_index(
        "ix_client_token_token_client_id", "client_token", ["token", "client_id"], schema="practice"
    )
    op.create_index(op.f("ix_arrival_thread_id"), "arrival", ["thread_id"], schema="practice")


def downgrade() -> None:
    raise RuntimeError("what officers decided about is never taken down")
