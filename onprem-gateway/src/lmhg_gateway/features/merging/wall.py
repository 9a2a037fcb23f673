"""What the database holds of merges, for every table that names a client: nothing is left behind, and nothing is added.

The functions are generated from the tables, so that a feature which adds one cannot be forgotten.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Table

from lmhg_kit.persistence.statement import Statement

CLIENT = "practice.client"
COLUMN = "client_id"
_HEAD = "language plpgsql security definer set search_path = pg_catalog, pg_temp as $$"
_REFUSE = "raise exception 'client_merged' using errcode = 'LM060';"


_IS_MERGING = """create or replace function relay_release.is_merging(was uuid, is_now uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from practice.client_merge m where ((m.undone_at is null and m.merged_id = was
            and m.survivor_id = is_now)
        or (m.undone_at is not null and m.survivor_id = was and m.merged_id = is_now))
        and pg_xact_status(
            greatest(pg_current_xact_id()::text::bigint - age(m.xmin), 3)::text::xid8) = 'in progress')
$$"""
"""Whether this very transaction merges one record into another, or makes them two again.

A row that can be read while its writer is in progress is one's own, a savepoint's included.
"""
_IS_DONE = f"""create or replace function relay_release.merge_is_done() returns trigger
{_HEAD}
begin
    if not exists (select from practice.client_merge m join {CLIENT} c on c.id = m.merged_id
        where m.id = new.id and m.undone_at is null and c.merged_into is not null)
    then
        raise exception 'merge_incomplete' using errcode = 'LM061';
    end if;
    return null;
end $$"""
_NOT_TWICE = "drop trigger if exists wall_merge_is_done on practice.client_merge"
_DONE_AT_ITS_END = """create constraint trigger wall_merge_is_done after insert on practice.client_merge
deferrable initially deferred for each row execute function relay_release.merge_is_done()"""
"""The one who says that two records are one makes them one: else rows could be moved in the name of a merge."""
_UNDONE_NOW = f"""create or replace function relay_release.merge_undone_now() returns trigger
{_HEAD}
begin
    if old.undone_at is null and new.undone_at is not null then
        new.undone_at := clock_timestamp();
    end if;
    return new;
end $$"""
_AS_IT_IS_UNDONE = """create or replace trigger wall_undone_now before update on practice.client_merge
for each row execute function relay_release.merge_undone_now()"""
"""A hold that was placed before this moment is a hold on both records."""


def tables_of(tables: Iterable[Table]) -> list[Table]:
    """The tables of records that name their client."""
    return sorted(
        (
            table
            for table in tables
            if "hipaa_exempt" in table.columns
            and COLUMN in table.columns
            and any(key.target_fullname == f"{CLIENT}.id" for key in table.c[COLUMN].foreign_keys)
        ),
        key=lambda table: table.fullname,
    )


def statements(models: Sequence[type]) -> tuple[Statement, ...]:
    """The two functions and their triggers."""
    found = tables_of(model.__dict__["__table__"] for model in models)
    added = (
        "create or replace function relay_release.not_of_merged() returns trigger\n"
        f"{_HEAD}\nbegin\n"
        f"    perform from {CLIENT} c where c.id = new.{COLUMN} for key share;\n"
        f"    if exists (select from {CLIENT} c where c.id = new.{COLUMN} and c.merged_into is not null) then\n"
        f"        {_REFUSE}\n    end if;\n    return new;\nend $$"
    )
    left = " or ".join(
        f"exists (select from {table.fullname} r where r.{COLUMN} = new.id)" for table in found
    )
    behind = (
        "create or replace function relay_release.nothing_behind() returns trigger\n"
        f"{_HEAD}\nbegin\n"
        f"    if new.merged_into is not null and ({left or 'false'}) then\n"
        "        raise exception 'merge_incomplete' using errcode = 'LM061';\n    end if;\n"
        "    return null;\nend $$"
    )
    return (
        Statement("relay_release.is_merging", _IS_MERGING),
        Statement("relay_release.merge_is_done", _IS_DONE),
        Statement("practice.client_merge.wall_merge_is_done.drop", _NOT_TWICE),
        Statement("practice.client_merge.wall_merge_is_done", _DONE_AT_ITS_END),
        Statement("relay_release.merge_undone_now", _UNDONE_NOW),
        Statement("practice.client_merge.wall_undone_now", _AS_IT_IS_UNDONE),
        Statement("relay_release.not_of_merged", added),
        Statement("relay_release.nothing_behind", behind),
        Statement(
            f"{CLIENT}.wall_nothing_behind",
            f"create or replace trigger wall_nothing_behind after update of merged_into on {CLIENT}"
            " for each row execute function relay_release.nothing_behind()",
        ),
        *(
            Statement(
                f"{table.fullname}.wall_not_of_merged",
                "create or replace trigger wall_not_of_merged before insert or update of"
                f" {COLUMN} on {table.fullname}"
                " for each row execute function relay_release.not_of_merged()",
            )
            for table in found
        ),
    )
