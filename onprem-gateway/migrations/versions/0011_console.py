"""Weekly packets, sweeps, kept-back records, and who works on an incident.

Revision ID: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

STAMP = sa.DateTime(timezone=True)
NOW = sa.text("now()")
SCHEMA = "compliance"


def _column(name: str, kind: sa.types.TypeEngine, **more: object) -> sa.Column:
    more.setdefault("nullable", False)
    return sa.Column(name, kind, comment="class:operational", **more)


def _optional(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    return _column(name, kind, nullable=True)


def _sealed(name: str) -> sa.Column:
    return sa.Column(f"{name}_sealed", sa.LargeBinary(), nullable=True, comment="class:phi")


def _table(name: str, *columns: object) -> None:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    op.create_table(name, _column("id", sa.Uuid()), *columns, key, schema=SCHEMA)


def upgrade() -> None:
    for column in (
        _optional("proposed_by", sa.String(80)),
        _optional("proposed_at", STAMP),
        _sealed("reason"),
        _sealed("second_reason"),
    ):
        op.add_column("held_record", column, schema=SCHEMA)
    op.add_column("exemption_request", _sealed("decision"), schema=SCHEMA)
    op.add_column("incident", _optional("assigned_to", sa.String(80)), schema=SCHEMA)
    op.add_column("incident", _optional("cause", sa.String(40)), schema=SCHEMA)
    _exemptions()
    _incidents()
    _sweeps()
    _packets()


def _exemptions() -> None:
    _table(
        "withdrawal",
        _column("exemption_id", sa.Uuid()),
        _column("actor", sa.String(80)),
        _column("at", STAMP, server_default=NOW),
        _column("records", sa.BigInteger(), server_default="0"),
        _sealed("reason"),
        sa.UniqueConstraint("exemption_id", name=op.f("uq_withdrawal_exemption_id")),
    )
    _table(
        "kept_back",
        _column("kind", sa.String(40)),
        _column("record_id", sa.Uuid()),
        _optional("subject_id", sa.Uuid()),
        _column("kept_by", sa.String(80)),
        _column("kept_at", STAMP, server_default=NOW),
        _optional("lifted_by", sa.String(80)),
        _optional("lifted_at", STAMP),
        _sealed("reason"),
        _sealed("lifted_reason"),
        sa.CheckConstraint(
            "lifted_by is distinct from kept_by", name=op.f("ck_kept_back_other_person_lifts")
        ),
    )
    op.create_index(op.f("ix_kept_back_record_id"), "kept_back", ["record_id"], schema=SCHEMA)
    op.create_index(op.f("ix_kept_back_subject_id"), "kept_back", ["subject_id"], schema=SCHEMA)


def _incidents() -> None:
    _table(
        "incident_event",
        _column("incident_id", sa.Uuid()),
        _column("at", STAMP, server_default=sa.text("clock_timestamp()")),
        _column("actor", sa.String(80)),
        _column("act", sa.String(16)),
        _optional("assignee", sa.String(80)),
        _optional("cause", sa.String(40)),
        _sealed("said"),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["compliance.incident.id"],
            name=op.f("fk_incident_event_incident_id_incident"),
        ),
    )
    op.create_index(
        op.f("ix_incident_event_incident_id"), "incident_event", ["incident_id"], schema=SCHEMA
    )


def _sweeps() -> None:
    _table(
        "canary_sweep",
        _column("started_at", STAMP),
        _column("finished_at", STAMP),
        _column("recorded_at", STAMP, server_default=NOW),
        _column("recorded_by", sa.String(80)),
        _column("tokens", sa.Integer()),
        _column("places", postgresql.JSONB()),
        _column("findings", sa.Integer()),
        sa.CheckConstraint(
            "octet_length(places::text) <= 65536", name=op.f("ck_canary_sweep_bounded")
        ),
    )


def _packets() -> None:
    _table(
        "packet",
        _column("first_day", sa.Date()),
        _column("last_day", sa.Date()),
        _column("zone", sa.String(64)),
        _column("made_at", STAMP, server_default=NOW),
        _column("due_at", STAMP),
        _optional("told_on", sa.Date()),
        _optional("signed_by", sa.String(80)),
        _optional("signed_at", STAMP),
        _optional("digest", sa.String(64)),
        sa.UniqueConstraint("first_day", name=op.f("uq_packet_first_day")),
        sa.CheckConstraint(
            "(signed_by is null) = (signed_at is null) and (signed_by is null) = (digest is null)",
            name=op.f("ck_packet_signed_whole"),
        ),
    )
    _table(
        "packet_line",
        _column("packet_id", sa.Uuid()),
        _column("position", sa.Integer()),
        _column("code", sa.String(40)),
        _column("facts", postgresql.JSONB()),
        _optional("verdict", sa.String(8)),
        _optional("judged_by", sa.String(80)),
        _optional("judged_at", STAMP),
        _optional("incident_id", sa.Uuid()),
        _sealed("comment"),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["compliance.packet.id"], name=op.f("fk_packet_line_packet_id_packet")
        ),
        sa.UniqueConstraint("packet_id", "code", name=op.f("uq_packet_line_packet_id_code")),
        sa.CheckConstraint(
            "octet_length(facts::text) <= 65536", name=op.f("ck_packet_line_bounded")
        ),
    )


def downgrade() -> None:
    raise RuntimeError("what officers decided is never taken down")
