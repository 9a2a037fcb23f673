"""Looking back: how far it is, each pass, and what was found to name a client later.

Revision ID: 0080
"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0070"

STAMP = sa.DateTime(timezone=True)
SCHEMA = "compliance"


def _column(name: str, kind: sa.types.TypeEngine, **more: object) -> sa.Column:
    more.setdefault("nullable", False)
    return sa.Column(name, kind, comment="class:operational", **more)


def upgrade() -> None:
    op.create_table(
        "look_back_state",
        _column("id", sa.SmallInteger()),
        _column("cursor", STAMP, nullable=True),
        _column("masks", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_look_back_state_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_back_state")),
        schema=SCHEMA,
    )
    op.create_table(
        "look_back_pass",
        _column("id", sa.Uuid()),
        _column("scope", sa.String(8)),
        _column("started_at", STAMP),
        _column("finished_at", STAMP, nullable=True),
        _column("clients", sa.Integer()),
        _column("texts", sa.BigInteger(), server_default="0"),
        _column("found", sa.Integer(), server_default="0"),
        sa.CheckConstraint(
            "scope in ('changed', 'whole')", name=op.f("ck_look_back_pass_scope_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_back_pass")),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_look_back_pass_scope_finished_at",
        "look_back_pass",
        ["scope", "finished_at"],
        schema=SCHEMA,
    )
    _findings()


def _findings() -> None:
    op.create_table(
        "look_back_finding",
        _column("id", sa.Uuid()),
        _column("pass_id", sa.Uuid()),
        _column("kind", sa.String(40)),
        _column("record_id", sa.Uuid()),
        _column("version", sa.BigInteger()),
        _column("rule", sa.String(60)),
        _column("place", sa.String(60)),
        _column("is_missed", sa.Boolean()),
        _column("found_at", STAMP, server_default=sa.text("now()")),
        _column("readable_since", STAMP, nullable=True),
        _column("gone_at", STAMP, nullable=True),
        sa.ForeignKeyConstraint(
            ["pass_id"],
            ["compliance.look_back_pass.id"],
            name=op.f("fk_look_back_finding_pass_id_look_back_pass"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_back_finding")),
        sa.UniqueConstraint(
            "kind",
            "record_id",
            "version",
            name=op.f("uq_look_back_finding_kind_record_id_version"),
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_look_back_finding_open",
        "look_back_finding",
        ["found_at"],
        schema=SCHEMA,
        postgresql_where=sa.text("gone_at is null"),
    )


def downgrade() -> None:
    raise RuntimeError("what was found later is never taken down")
