"""Ledger and access review: rows to search, saved views, checks, disclosures.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

INDEX_RELAY = """
create function compliance.index_relay(wanted_zone text, most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
    state record;
    known bigint;
    stop bigint;
begin
    insert into compliance.review_state (ledger, next_n, zone) values ('relay', 0, wanted_zone)
    on conflict (ledger) do nothing;
    select h.size into known from relay.ledger_head h where h.ledger = 'relay';
    select s.next_n, s.zone into state from compliance.review_state s where s.ledger = 'relay';
    if state.zone = wanted_zone and state.next_n >= coalesce(known, 0) then
        return 0;
    end if;
    select s.next_n, s.zone into state from compliance.review_state s where s.ledger = 'relay' for update;
    if state.zone <> wanted_zone then
        delete from compliance.ledger_row;
        delete from compliance.ledger_day;
        state.next_n := 0;
    end if;
    stop := least(coalesce(known, 0), state.next_n + most);
    insert into compliance.ledger_row
        (n, day, decision, gate, reason, kind, record_id, batch, exemption_id)
    select l.n, ((said.e ->> 'at')::timestamptz at time zone wanted_zone)::date,
           said.e ->> 'decision', said.e ->> 'gate', said.e ->> 'reason', said.e ->> 'kind',
           (said.e ->> 'record_id')::uuid, (said.e ->> 'batch')::bigint,
           (said.e ->> 'exemption_id')::uuid
    from relay.ledger l, lateral (select convert_from(l.entry, 'UTF8')::jsonb as e) said
    where l.n >= state.next_n and l.n < stop;
    insert into compliance.ledger_day (day, decision, gate, reason, kind, entries, first_n, last_n)
    select r.day, r.decision, coalesce(r.gate, ''), coalesce(r.reason, ''), coalesce(r.kind, ''),
           count(*), min(r.n), max(r.n)
    from compliance.ledger_row r where r.n >= state.next_n and r.n < stop
    group by 1, 2, 3, 4, 5
    on conflict (day, decision, gate, reason, kind) do update
    set entries = compliance.ledger_day.entries + excluded.entries,
        first_n = least(compliance.ledger_day.first_n, excluded.first_n),
        last_n = greatest(compliance.ledger_day.last_n, excluded.last_n);
    update compliance.review_state s set next_n = stop, zone = wanted_zone where s.ledger = 'relay';
    return greatest(stop - state.next_n, 0);
end $$
"""

INDEX_ACCESS = """
create function compliance.index_access(wanted_zone text, most integer) returns bigint
language plpgsql security definer set search_path = pg_catalog as $$
declare
    state record;
    known bigint;
    stop bigint;
begin
    insert into compliance.review_state (ledger, next_n, zone) values ('access', 0, wanted_zone)
    on conflict (ledger) do nothing;
    select h.size into known from audit.ledger_head h where h.ledger = 'access';
    select s.next_n, s.zone into state from compliance.review_state s where s.ledger = 'access';
    if state.zone = wanted_zone and state.next_n >= coalesce(known, 0) then
        return 0;
    end if;
    select s.next_n, s.zone into state from compliance.review_state s where s.ledger = 'access' for update;
    if state.zone <> wanted_zone then
        delete from compliance.access_row;
        delete from compliance.access_day;
        state.next_n := 0;
    end if;
    stop := least(coalesce(known, 0), state.next_n + most);
    insert into compliance.access_row
        (n, at, day, minute, weekday, actor, is_person, act, subject_kind, subject_ids, outcome, purpose)
    select l.n, (said.e ->> 'at')::timestamptz, local.at::date,
           extract(hour from local.at) * 60 + extract(minute from local.at),
           extract(isodow from local.at), said.e ->> 'actor',
           (said.e ->> 'actor') ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
           said.e ->> 'act', said.e ->> 'subject_kind',
           array(select x::uuid from jsonb_array_elements_text(said.e -> 'subject_ids') x),
           said.e ->> 'outcome', said.e ->> 'purpose'
    from audit.ledger l,
         lateral (select convert_from(l.entry, 'UTF8')::jsonb as e) said,
         lateral (select (said.e ->> 'at')::timestamptz at time zone wanted_zone as at) local
    where l.n >= state.next_n and l.n < stop;
    insert into compliance.access_day (day, act, is_person, entries, first_n, last_n)
    select r.day, r.act, r.is_person, count(*), min(r.n), max(r.n)
    from compliance.access_row r where r.n >= state.next_n and r.n < stop
    group by 1, 2, 3
    on conflict (day, act, is_person) do update
    set entries = compliance.access_day.entries + excluded.entries,
        first_n = least(compliance.access_day.first_n, excluded.first_n),
        last_n = greatest(compliance.access_day.last_n, excluded.last_n);
    update compliance.review_state s set next_n = stop, zone = wanted_zone where s.ledger = 'access';
    return greatest(stop - state.next_n, 0);
end $$
"""


def upgrade() -> None:
    """Tables, and the two functions that alone write the derived ones."""
    op.create_table(
        "access_day",
        sa.Column("day", sa.Date(), nullable=False, comment="class:operational"),
        sa.Column("act", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column("is_person", sa.Boolean(), nullable=False, comment="class:operational"),
        sa.Column("entries", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column("first_n", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column("last_n", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.PrimaryKeyConstraint("day", "act", "is_person", name=op.f("pk_access_day")),
        schema="compliance",
    )
    op.create_table(
        "access_row",
        sa.Column(
            "n", sa.BigInteger(), autoincrement=False, nullable=False, comment="class:operational"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="class:operational"),
        sa.Column("day", sa.Date(), nullable=False, comment="class:operational"),
        sa.Column("minute", sa.SmallInteger(), nullable=False, comment="class:operational"),
        sa.Column("weekday", sa.SmallInteger(), nullable=False, comment="class:operational"),
        sa.Column("actor", sa.String(length=80), nullable=False, comment="class:operational"),
        sa.Column("is_person", sa.Boolean(), nullable=False, comment="class:operational"),
        sa.Column("act", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column(
            "subject_kind", sa.String(length=60), nullable=False, comment="class:operational"
        ),
        sa.Column(
            "subject_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, comment="class:operational"
        ),
        sa.Column("outcome", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column("purpose", sa.String(length=200), nullable=False, comment="class:operational"),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_access_row")),
        schema="compliance",
    )
    op.create_index(
        "ix_access_row_act", "access_row", ["act", "n"], unique=False, schema="compliance"
    )
    op.create_index(
        "ix_access_row_actor", "access_row", ["actor", "n"], unique=False, schema="compliance"
    )
    op.create_index(
        "ix_access_row_kind", "access_row", ["subject_kind", "n"], unique=False, schema="compliance"
    )
    op.create_index(
        "ix_access_row_outcome",
        "access_row",
        ["outcome", "n"],
        unique=False,
        schema="compliance",
        postgresql_where=sa.text("outcome <> 'done'"),
    )
    op.create_index(
        "ix_access_row_subjects",
        "access_row",
        ["subject_ids"],
        unique=False,
        schema="compliance",
        postgresql_using="gin",
    )
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("client_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("disclosed_on", sa.Date(), nullable=False, comment="class:operational"),
        sa.Column("basis", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("corrects", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column("recorded_by", sa.String(length=80), nullable=False, comment="class:operational"),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column("recipient_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("what_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.Column("why_sealed", sa.LargeBinary(), nullable=True, comment="class:phi"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        schema="compliance",
    )
    op.create_index(
        op.f("ix_disclosure_client_id"),
        "disclosure",
        ["client_id"],
        unique=False,
        schema="compliance",
    )
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("ledger", sa.String(length=16), nullable=False, comment="class:operational"),
        sa.Column("asked_by", sa.String(length=80), nullable=False, comment="class:operational"),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column(
            "permille",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="class:operational",
        ),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), nullable=True, comment="class:operational"
        ),
        sa.Column("size", sa.BigInteger(), nullable=True, comment="class:operational"),
        sa.Column("root", sa.String(length=64), nullable=True, comment="class:operational"),
        sa.Column("is_sound", sa.Boolean(), nullable=True, comment="class:operational"),
        sa.Column(
            "signers",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="class:operational",
        ),
        sa.Column(
            "findings",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
        schema="compliance",
    )
    op.create_table(
        "ledger_day",
        sa.Column("day", sa.Date(), nullable=False, comment="class:operational"),
        sa.Column("decision", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("gate", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("reason", sa.String(length=80), nullable=False, comment="class:operational"),
        sa.Column("kind", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column("entries", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column("first_n", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column("last_n", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.PrimaryKeyConstraint(
            "day", "decision", "gate", "reason", "kind", name=op.f("pk_ledger_day")
        ),
        schema="compliance",
    )
    op.create_table(
        "ledger_row",
        sa.Column(
            "n", sa.BigInteger(), autoincrement=False, nullable=False, comment="class:operational"
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="class:operational"),
        sa.Column("decision", sa.String(length=40), nullable=False, comment="class:operational"),
        sa.Column("gate", sa.String(length=40), nullable=True, comment="class:operational"),
        sa.Column("reason", sa.String(length=80), nullable=True, comment="class:operational"),
        sa.Column("kind", sa.String(length=60), nullable=True, comment="class:operational"),
        sa.Column("record_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.Column("batch", sa.BigInteger(), nullable=True, comment="class:operational"),
        sa.Column("exemption_id", sa.Uuid(), nullable=True, comment="class:operational"),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_ledger_row")),
        schema="compliance",
    )
    op.create_index(
        "ix_ledger_row_batch",
        "ledger_row",
        ["batch", "n"],
        unique=False,
        schema="compliance",
        postgresql_where=sa.text("batch is not null"),
    )
    op.create_index(
        "ix_ledger_row_decision", "ledger_row", ["decision", "n"], unique=False, schema="compliance"
    )
    op.create_index(
        "ix_ledger_row_exemption",
        "ledger_row",
        ["exemption_id", "n"],
        unique=False,
        schema="compliance",
        postgresql_where=sa.text("exemption_id is not null"),
    )
    op.create_index(
        "ix_ledger_row_kind", "ledger_row", ["kind", "n"], unique=False, schema="compliance"
    )
    op.create_index(
        "ix_ledger_row_reason",
        "ledger_row",
        ["reason", "n"],
        unique=False,
        schema="compliance",
        postgresql_where=sa.text("reason is not null"),
    )
    op.create_index(
        "ix_ledger_row_record",
        "ledger_row",
        ["record_id", "n"],
        unique=False,
        schema="compliance",
        postgresql_where=sa.text("record_id is not null"),
    )
    op.create_table(
        "review_state",
        sa.Column("ledger", sa.String(length=16), nullable=False, comment="class:operational"),
        sa.Column("next_n", sa.BigInteger(), nullable=False, comment="class:operational"),
        sa.Column("zone", sa.String(length=64), nullable=False, comment="class:operational"),
        sa.PrimaryKeyConstraint("ledger", name=op.f("pk_review_state")),
        schema="compliance",
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("owner", sa.String(length=80), nullable=False, comment="class:operational"),
        sa.Column("page", sa.String(length=16), nullable=False, comment="class:operational"),
        sa.Column("name", sa.String(length=60), nullable=False, comment="class:operational"),
        sa.Column("query", sa.String(length=600), nullable=False, comment="class:operational"),
        sa.Column(
            "kept_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="class:operational",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner", "page", "name", name="uq_saved_view_name"),
        schema="compliance",
    )
    op.create_table(
        "staff_tie",
        sa.Column("account_id", sa.String(length=80), nullable=False, comment="class:operational"),
        sa.Column("client_id", sa.Uuid(), nullable=False, comment="class:operational"),
        sa.Column("tie", sa.String(length=8), nullable=False, comment="class:operational"),
        sa.PrimaryKeyConstraint("account_id", "client_id", name=op.f("pk_staff_tie")),
        schema="compliance",
    )
    op.create_index(
        "ix_staff_tie_client", "staff_tie", ["client_id"], unique=False, schema="compliance"
    )
    op.execute(INDEX_RELAY)
    op.execute(INDEX_ACCESS)
