"""What an audit event may be, checked where it is written; and where one goes that is not so.

Bounds are constraints of the table, so they hold for every function and trigger that writes an
event, and anyone who asked for a bad one gets the refusal. An event that still cannot become a ledger
entry (it is older than the bounds, or an administrator wrote it) is set aside by the sequencer: the
ledger goes on, says that one event was set aside, and the event is kept here.
"""

SUBJECTS_MAX = 500
COLUMNS_MAX = 200
COLUMNS_BYTES_MAX = 4096
KEPT_MAX = 1_048_576
"""An event set aside is kept whole up to so many bytes; of a longer one the digest alone."""

BOUND_EVENTS = f"""
alter table audit.event
    add constraint event_subjects check (
        cardinality(subject_ids) <= {SUBJECTS_MAX} and coalesce(array_ndims(subject_ids), 1) = 1
        and array_position(subject_ids, null) is null) not valid,
    add constraint event_columns check (
        cardinality(columns) <= {COLUMNS_MAX} and coalesce(array_ndims(columns), 1) = 1
        and array_position(columns, null) is null
        and octet_length(array_to_string(columns, ',')) <= {COLUMNS_BYTES_MAX}) not valid;

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
    check (octet_length(event::text) <= 2 * {KEPT_MAX})
);
create trigger set_aside_kept before update or delete or truncate on audit.set_aside
    for each statement execute function audit.refuse_change();
alter table audit.set_aside enable always trigger set_aside_kept;
do $$
declare found record;
begin
    for found in select column_name from information_schema.columns
                 where table_schema = 'audit' and table_name = 'set_aside' loop
        execute format('comment on column audit.set_aside.%I is %L', found.column_name, 'class:operational');
    end loop;
end $$;
"""  # noqa: S608 - constants


def tell_revision(schema: str) -> str:
    """A view that lets every process read which revision the schema has."""
    return (
        f"create view audit.schema_revision as select version_num from {schema}.alembic_version;"  # noqa: S608 - a constant name
        " comment on column audit.schema_revision.version_num is 'class:operational';"
    )
