"""The audit schema of either plane: events unchained in the caller's transaction, then a ledger.

`audit.event` is filled by triggers and by `audit.note`; the worker's sequencer moves events into
`audit.ledger` in commit order (see `sequencer`). Nobody updates or deletes either of the two,
except that the sequencer removes the events it has sequenced.
"""

from typing import Any

from sqlalchemy import Connection

_TABLES = r"""
create schema if not exists audit;
create table audit.event (
    xid xid8 not null default pg_current_xact_id(),
    seq bigint generated always as identity,
    at timestamptz not null default clock_timestamp(),
    actor varchar(80) not null,
    act varchar(40) not null,
    purpose varchar(80) not null,
    zone varchar(40) not null,
    subject_kind varchar(60) not null,
    subject_ids uuid[] not null,
    columns varchar(63)[] not null,
    outcome varchar(40) not null,
    request_id varchar(64) not null,
    primary key (xid, seq)
);
create table audit.ledger (
    n bigint primary key,
    entry bytea not null,
    check (n >= 0),
    check (octet_length(entry) <= 65536)
);
create table audit.ledger_node (
    level smallint not null,
    idx bigint not null,
    hash bytea not null,
    primary key (level, idx)
);
create table audit.ledger_head (
    ledger varchar(20) primary key,
    size bigint not null,
    frontier bytea not null,
    checkpoint varchar(16384)
);
insert into audit.ledger_head values ('access', 0, decode('0000000000000000', 'hex'), null);

create function audit.context(name text, fallback text) returns text
language sql stable set search_path = pg_catalog as
$$ select coalesce(nullif(current_setting('app.' || name, true), ''), fallback) $$;

create function audit.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    raise exception 'append_only' using errcode = 'LM001';
end $$;

create function audit.note(
    act text, kind text, ids uuid[], columns text[], outcome text
) returns void
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if audit.context('actor', '') = '' or audit.context('purpose', '') = '' then
        raise exception 'actor_missing' using errcode = 'LM010';
    end if;
    insert into audit.event (actor, act, purpose, zone, subject_kind, subject_ids, columns, outcome, request_id)
    values (audit.context('actor', ''), act, audit.context('purpose', ''), audit.context('zone', ''),
            kind, coalesce(ids, '{}'), coalesce(columns, '{}'), outcome, audit.context('request_id', ''));
end $$;

create function audit.require_actor() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if audit.context('actor', '') = '' or audit.context('purpose', '') = '' then
        raise exception 'actor_missing' using errcode = 'LM010', hint = tg_table_name;
    end if;
    return null;
end $$;

create function audit.on_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform audit.note('insert', tg_table_name, part.ids, null, 'done')
    from (select array_agg(id) as ids
          from (select id, (row_number() over () - 1) / 500 as chunk from new_rows) numbered
          group by chunk) part;
    return null;
end $$;

create function audit.on_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform audit.note('delete', tg_table_name, part.ids, null, 'done')
    from (select array_agg(id) as ids
          from (select id, (row_number() over () - 1) / 500 as chunk from old_rows) numbered
          group by chunk) part;
    return null;
end $$;

create function audit.on_update() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
    changed text[];
begin
    select coalesce(array_agg(distinct pair.key order by pair.key), '{}') into changed
    from new_rows n join old_rows o on o.id = n.id,
         lateral (select key, value from jsonb_each(to_jsonb(n))) pair
    where to_jsonb(o) -> pair.key is distinct from pair.value
      and pair.key not in ('version', 'updated_at');
    perform audit.note('update', tg_table_name, part.ids, changed, 'done')
    from (select array_agg(id) as ids
          from (select id, (row_number() over () - 1) / 500 as chunk from new_rows) numbered
          group by chunk) part;
    return null;
end $$;

create trigger event_kept before update or truncate on audit.event
    for each statement execute function audit.refuse_change();
create trigger ledger_kept before update or delete or truncate on audit.ledger
    for each statement execute function audit.refuse_change();
create trigger node_kept before update or delete or truncate on audit.ledger_node
    for each statement execute function audit.refuse_change();
alter table audit.event enable always trigger event_kept;
alter table audit.ledger enable always trigger ledger_kept;
alter table audit.ledger_node enable always trigger node_kept;
"""


_CLASSES = """
do $$
declare found record;
begin
    for found in select table_name, column_name from information_schema.columns
                 where table_schema = 'audit' loop
        execute format('comment on column audit.%I.%I is %L',
                       found.table_name, found.column_name, 'class:operational');
    end loop;
end $$;
"""


CREATE_AUDIT = _TABLES + _CLASSES


def run_script(connection: Connection, script: str) -> None:
    """Run several statements at once: asyncpg's simple query, under SQLAlchemy."""
    raw: Any = connection.connection.dbapi_connection
    raw.run_async(lambda link: link.execute(script))


def grants(*, readers: tuple[str, ...], sequencer: str, writers: tuple[str, ...]) -> list[str]:
    """Who may note events, who may sequence them, who may read the ledger."""
    every = ", ".join(sorted({*readers, sequencer, *writers}))
    return [
        "revoke all on all tables in schema audit from public",
        "revoke all on all functions in schema audit from public",
        f"grant usage on schema audit to {every}",
        f"grant execute on function audit.context(text, text), audit.actor() to {every}",
        f"grant execute on function audit.note(text, text, uuid[], text[], text) to {every}",
        f"grant select on audit.ledger, audit.ledger_node, audit.ledger_head to {', '.join(readers)}",
        f"grant select, delete on audit.event to {sequencer}",
        f"grant select, insert on audit.ledger, audit.ledger_node to {sequencer}",
        f"grant select, update on audit.ledger_head to {sequencer}",
        f"grant select on audit.schema_revision to {every}",
        f"grant select on audit.set_aside to {', '.join(readers)}",
        f"grant insert on audit.set_aside to {sequencer}",
    ]
