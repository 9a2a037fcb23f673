-- Who did what: events in the caller's transaction, then a ledger that nobody changes. The same on
-- both planes. Events are written by triggers and by audit.note(); the worker's sequencer moves them
-- into the ledger in commit order.
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
    primary key (xid, seq),
    constraint event_subjects check (
        cardinality(subject_ids) <= 500 and coalesce(array_ndims(subject_ids), 1) = 1
        and array_position(subject_ids, null) is null),
    constraint event_columns check (
        cardinality(columns) <= 200 and coalesce(array_ndims(columns), 1) = 1
        and array_position(columns, null) is null
        and octet_length(array_to_string(columns, ',')) <= 4096)
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
    primary key (level, idx),
    constraint ledger_node_hash check (octet_length(hash) = 32)
);
create table audit.ledger_head (
    ledger varchar(20) primary key,
    size bigint not null,
    frontier bytea not null,
    checkpoint varchar(16384),
    constraint ledger_head_frontier check (octet_length(frontier) <= 4096)
);
insert into audit.ledger_head values ('access', 0, decode('0000000000000000', 'hex'), null);

-- Events that could not become a ledger entry: the ledger goes on and says that one was set aside.
create table audit.set_aside (
    id uuid primary key default gen_random_uuid(),
    n bigint not null,
    at timestamptz not null,
    set_aside_at timestamptz not null default now(),
    actor varchar(80) not null,
    act varchar(40) not null,
    subject_kind varchar(60) not null,
    subjects bigint not null,
    reason varchar(40) not null,
    digest bytea not null,
    event jsonb null,
    check (octet_length(digest) = 32),
    check (octet_length(event::text) <= 2 * 1048576)
);

do $$
declare found record;
begin
    for found in select table_name, column_name from information_schema.columns
                 where table_schema = 'audit' loop
        execute format('comment on column audit.%I.%I is %L',
                       found.table_name, found.column_name, 'class:operational');
    end loop;
end $$;
