"""The functions that take the rows of one record away, worked out from the tables whose rows go with a client.

A disposal of one record has two calls in one transaction: the first holds everything that can change whether the
record is due and says what is so now, the second takes the rows away unless that says otherwise. So a visit,
a birth date or a hold that someone adds comes before or after it, never between.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Table

from lmhg_gateway.kernel.disposal import DECLARED, Disposal, Goes, LetsGo
from lmhg_kit.persistence.row_rules import sealed_columns
from lmhg_kit.persistence.statement import Statement


class Going(NamedTuple):
    """A table whose rows go with a client: which ones, as SQL over `r`."""

    table: Table
    where: str
    is_declared: bool
    """Whether a declaration says so, here or further up: such rows go first, while all is there that it names."""


def tables_of(models: Iterable[type]) -> list[Table]:
    """The tables, those that others name first."""
    own = {model.__dict__["__table__"].fullname: model.__dict__["__table__"] for model in models}
    metadata = next(iter(own.values())).metadata
    return [each for each in metadata.sorted_tables if each.fullname in own]


def declared(models: Iterable[type]) -> dict[str, Disposal]:
    """What tables say of themselves, by their full name."""
    return {
        model.__dict__["__table__"].fullname: getattr(model, DECLARED)
        for model in models
        if hasattr(model, DECLARED)
    }


def letting_go(models: Sequence[type]) -> list[tuple[Table, str]]:
    """Tables whose rows stay for others, with the column that no longer names the record."""
    says = declared(models)
    return [
        (table, said.column)
        for table in tables_of(models)
        if isinstance(said := says.get(table.fullname), LetsGo)
    ]


_FACTS = """create or replace function relay_release.disposal_facts(of_item uuid) returns table (
    client_id uuid, last_at timestamptz, kept_until date, was_seen boolean)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    item compliance.disposal_item%rowtype;
    who uuid[];
begin
    perform relay_release.disposal_turn();
    select * into item from compliance.disposal_item i where i.id = of_item for update;
    perform from compliance.disposal_batch b where b.id = item.batch_id and b.state = 'approved' for share;
    if not found or item.state <> 'listed' or session_user <> 'gw_worker' then
        return;
    end if;
    perform from compliance.retention_years y for share;
    who := relay_release.one_person(item.client_id);
    perform from practice.client c where c.id = any (who || relay_release.beside(who)) order by c.id for update;
    who := relay_release.one_person(item.client_id);
    return query select coalesce(c.merged_into, c.id), relay_release.last_at(who),
        greatest(relay_release.kept_until(who), relay_release.kept_until(relay_release.beside(who))),
        relay_release.was_seen(who)
    from practice.client c where c.id = item.client_id;
end $$"""
"""What is so now of one record of an approved batch; all that says so is held until the transaction ends."""

_BEGINS = """create or replace function relay_release.dispose(of_item uuid, now_years integer, not_due text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    found compliance.disposal_item%rowtype;
    salt text;
    who uuid[];
    others uuid[];
    why text := not_due;
    n bigint;
begin
    perform relay_release.disposal_turn();
    select * into found from compliance.disposal_item i where i.id = of_item for update;
    select b.salt into salt from compliance.disposal_batch b
    where b.id = found.batch_id and b.state = 'approved' for share;
    if salt is null or found.state <> 'listed' or session_user <> 'gw_worker' then
        return 'skipped';
    end if;
    who := relay_release.one_person(found.client_id);
    perform from practice.client c where c.id = any (who || relay_release.beside(who)) order by c.id for update;
    who := relay_release.one_person(found.client_id);
    others := relay_release.beside(who);
    -- The worker decided by the practice's day and by the birth date, which is sealed; what can be seen from here is
    -- looked at again. A day of the practice ends up to a day after the server's.
    why := case
        when who is null then 'not_there'
        when relay_release.last_at(who) > found.last_at then 'new_contact'
        when relay_release.kept_until(who) >= current_date or relay_release.kept_until(others) >= current_date
            then 'keep_until'
        when found.line is distinct from case when relay_release.was_seen(who) then 'clients' else 'inquiries' end
            then 'other_line'
        when why is not null then why
        when not exists (select from compliance.retention_years y where y.code = found.line and y.years = now_years
            and relay_release.last_at(who) + make_interval(years => y.years) <= now() + interval '1 day')
            then 'schedule'
    end;
    if why is not null then
        update compliance.disposal_item i
        set state = 'changed', left_out_why = why, left_out_at = now(), left_out_by = audit.actor()
        where i.id = of_item;
        return 'changed';
    end if;
    if relay_release.is_held(who || others) then
        update compliance.disposal_item i set state = 'held', left_out_at = now(), left_out_by = audit.actor()
        where i.id = of_item;
        return 'held';
    end if;
    update compliance.disposal_item i set doing = pg_current_xact_id()::text::bigint, years = now_years
    where i.id = of_item;
    -- Older batches go on saying that a record was listed there, and no longer whose it was.
    update compliance.disposal_item i set client_id = null, last_at = null, due_on = null, from_birthday = null,
        digest = encode(sha256(convert_to(b.salt || i.client_id::text, 'UTF8')), 'hex')
    from compliance.disposal_batch b where b.id = i.batch_id and i.client_id = any (who) and i.id <> of_item;"""
_ENDS = """    update compliance.disposal_item i set
        doing = null, client_id = null, last_at = null, due_on = null, from_birthday = null,
        digest = encode(sha256(convert_to(salt || found.client_id::text, 'UTF8')), 'hex'),
        state = case when exists (select from compliance.disposal_object o
            where o.item_id = of_item and o.gone_at is null) then 'rows_gone' else 'done' end
    where i.id = of_item;
    return 'gone';
end $$"""
"""What a disposal of one record begins and ends with."""


def disposing(rows: Sequence[Going], models: Sequence[type]) -> tuple[Statement, ...]:
    """The functions, for the worker alone."""
    return (
        Statement("relay_release.disposal_facts", _FACTS),
        Statement("relay_release.dispose", _dispose(rows, models)),
        Statement(
            "relay_release.dispose.grant",
            "grant execute on function relay_release.dispose(uuid, integer, text),"
            " relay_release.disposal_facts(uuid) to gw_worker",
        ),
    )


def _dispose(rows: Sequence[Going], models: Sequence[type]) -> str:
    """Takes the rows of one record of an approved batch away: all of them, or none.

    Says what came of it: gone, held, changed since it was proposed, or skipped.
    """
    says = declared(models)
    files = [
        f"    insert into compliance.disposal_object (object_id, item_id, upload_id)\n"  # noqa: S608 - constant table names
        f"    select {said.stored_as}, found.id, {said.sent_as} from {each.table.fullname} r where {each.where};"
        for each in rows
        if isinstance(said := says.get(each.table.fullname), Goes) and said.stored_as
    ]
    lets = [
        f"    update {table.fullname} r set {column} = null"  # noqa: S608 - constant table names
        + "".join(f", {name} = null" for name in sealed_columns(table))
        + f" where r.{column} {_named(table, column, rows)};"
        for table, column in letting_go(models)
    ]
    deletes = [
        f"    delete from {each.table.fullname} r where {each.where};\n"  # noqa: S608 - constant table names
        "    get diagnostics n = row_count;\n"
        f"    perform relay_release.count_disposed(found.batch_id, '{each.table.name}', n);"
        for each in rows
    ]
    return "\n".join([_BEGINS, *files, *lets, *deletes, _ENDS])


def _named(table: Table, column: str, rows: Sequence[Going]) -> str:
    target = next(iter(table.c[column].foreign_keys)).column.table.fullname
    where = next(each.where for each in rows if each.table.fullname == target)
    return f"in (select r.id from {target} r where {where})"  # noqa: S608 - constant table names
