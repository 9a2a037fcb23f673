"""What goes with a client, worked out from the tables: the functions that a disposal and a hold are made of.

A table that names a client, or a row that goes with one, by a foreign key goes along; what no foreign key says is
declared beside the table (`kernel/disposal.py`). So a feature that adds a table cannot be forgotten.
"""

from collections.abc import Iterator, Mapping, Sequence, Set

from sqlalchemy import ForeignKey, Table

from lmhg_gateway.features.retention.disposing import Going, declared, disposing, tables_of
from lmhg_gateway.kernel.disposal import Disposal, Goes, Stays
from lmhg_kit.persistence.access import accesses
from lmhg_kit.persistence.row_rules import APPEND_ONLY, RowRules, sealed_columns
from lmhg_kit.persistence.row_rules import DECLARED as RULES
from lmhg_kit.persistence.statement import Statement, trigger

CLIENT, COLUMN = "practice.client", "client_id"
_HEAD = "security definer set search_path = pg_catalog, pg_temp as $$"


def going(models: Sequence[type]) -> list[Going]:
    """The tables whose rows go with a client, in the order in which they go: the client's own row comes last."""
    says, known = declared(models), dict[str, Going]()
    for table in tables_of(models):
        found = _going(table, known, says)
        if found is not None:
            known[table.fullname] = found
    last_first = list(known.values())[::-1]
    return sorted(last_first, key=lambda each: not each.is_declared)


def _going(table: Table, known: Mapping[str, Going], says: Mapping[str, Disposal]) -> Going | None:
    """Which rows of a table go, by its declaration or by its foreign keys; None where none do."""
    if table.fullname == CLIENT:
        return Going(table, "r.id = any(who)", is_declared=False)
    said = says.get(table.fullname, Goes())
    if not isinstance(said, Goes):
        return None
    if said.where:
        return Going(table, said.where, is_declared=True)
    parts: list[str] = []
    parents: list[Going] = []
    for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
        target = key.column.table.fullname
        if target == CLIENT:
            parts.append(f"r.{key.parent.name} = any(who)")
        elif target in known:
            parents.append(known[target])
            parts.append(
                f"r.{key.parent.name} in (select r.{key.column.name} from {target} r"  # noqa: S608 - constant table names
                f" where {known[target].where})"
            )
    if not parts:
        return None
    return Going(table, " or ".join(parts), is_declared=any(each.is_declared for each in parents))


def named_beside(rows: Sequence[Going]) -> list[str]:
    """Queries of the clients whom rows that go name beside the one they go with: a row can have two ways to a client."""
    known = {each.table.fullname for each in rows}
    found: list[str] = []
    for each in rows:
        if each.table.fullname != CLIENT and len(_ways(each.table, known)) > 1:
            found += _clients_of(each.table, each.where, known)
    return list(dict.fromkeys(found))


def _ways(table: Table, known: Set[str]) -> list[ForeignKey]:
    keys = sorted(table.foreign_keys, key=lambda each: each.parent.name)
    return [each for each in keys if each.column.table.fullname in known]


def _clients_of(table: Table, where: str, known: Set[str]) -> Iterator[str]:
    for key in _ways(table, known):
        target, named = key.column.table, key.column.name
        ids = f"select r.{key.parent.name} from {table.fullname} r where {where}"  # noqa: S608 - constant table names
        if target.fullname == CLIENT:
            yield ids
        else:
            yield from _clients_of(target, f"r.{named} in ({ids})", known)


def statements(models: Sequence[type]) -> tuple[Statement, ...]:
    """The functions, and the triggers of every table that goes."""
    rows, says = going(models), declared(models)
    return (
        _is_held(rows, says),
        _last_at(rows, says),
        _kept_until(rows, says),
        _was_seen(rows, says),
        _beside(rows),
        *disposing(rows, models),
        _objects_named(models, says),
        Statement(
            "relay_release.objects_named.grant",
            "grant execute on function relay_release.objects_named(uuid[]) to gw_worker",
        ),
        Statement(
            "relay_release.due.grant",
            "grant execute on function relay_release.last_at(uuid[]), relay_release.kept_until(uuid[]),"
            " relay_release.was_seen(uuid[]), relay_release.is_held(uuid[]), relay_release.one_person(uuid),"
            " relay_release.beside(uuid[])"
            " to gw_worker, gw_workspace",
        ),
        *_kept(rows, models),
        *_held(rows, models),
        *_stays_with(rows, models, says),
    )


def _function(name: str, returns: str, body: str) -> Statement:
    sql = (
        f"create or replace function relay_release.{name}(who uuid[]) returns {returns}\n"
        f"language sql stable {_HEAD}\n    select {body}\n$$"
    )
    return Statement(f"relay_release.{name}", sql)


def _of(rows: Sequence[Going], says: Mapping[str, Disposal], name: str) -> list[tuple[Going, str]]:
    """The tables that declare this of their rows, and what."""
    found = [(each, getattr(says.get(each.table.fullname, Goes()), name, "")) for each in rows]
    return [(each, said) for each, said in found if said]


def _is_held(rows: Sequence[Going], says: Mapping[str, Disposal]) -> Statement:
    """Whether anything keeps these records: a hold on everything, on one of them, or on what goes with them."""
    holds = [
        f"exists (select from {each.table.fullname} r where ({said}) and ({each.where}))"
        for each, said in _of(rows, says, "held_by")
    ]
    everything = "exists (select from practice.legal_hold h where h.client_id is null and h.lifted_at is null)"
    while_one = "exists (select from relay_release.holds_of(who))"
    return _function("is_held", "boolean", "\n        or ".join([everything, while_one, *holds]))


def _last_at(rows: Sequence[Going], says: Mapping[str, Disposal]) -> Statement:
    """When something was last done with the person, by every table that says what shows it."""
    parts = [
        f"(select max({said}) from {each.table.fullname} r where {each.where})"  # noqa: S608 - constant table names
        for each, said in _of(rows, says, "last_at")
    ]
    return _function(
        "last_at", "timestamptz", "greatest(\n        " + ",\n        ".join(parts) + ")"
    )


def _kept_until(rows: Sequence[Going], says: Mapping[str, Disposal]) -> Statement:
    """Until which day any row asks to be kept."""
    parts = [
        f"(select max({said}) from {each.table.fullname} r where {each.where})"  # noqa: S608 - constant table names
        for each, said in _of(rows, says, "keeps_until")
    ]
    return _function("kept_until", "date", f"greatest({', '.join(parts)})")


def _was_seen(rows: Sequence[Going], says: Mapping[str, Disposal]) -> Statement:
    """Whether the person was ever seen: then they are a client, and no one who only asked."""
    parts = [
        f"exists (select from {each.table.fullname} r where {each.where})"
        for each, said in _of(rows, says, "is_visit")
        if said
    ]
    return _function("was_seen", "boolean", " or ".join(parts))


def _objects_named(models: Sequence[type], says: Mapping[str, Disposal]) -> Statement:
    """Which of these objects of the document store a row names, by every table that says it has objects there."""
    named = [
        f"select {said.stored_as} from {table.fullname} r"  # noqa: S608 - constant table names
        f" where {said.stored_as} = any (names) and ({said.stored_while})"
        for table in tables_of(models)
        if isinstance(said := says.get(table.fullname), Goes | Stays) and said.stored_as
    ]
    on_their_way = (
        "select o.object_id from compliance.disposal_object o"
        " where o.object_id = any (names) and o.gone_at is null"
    )
    sql = (
        "create or replace function relay_release.objects_named(names uuid[]) returns setof uuid\n"
        f"language sql stable {_HEAD}\n    " + "\n    union ".join([*named, on_their_way]) + "\n$$"
    )
    return Statement("relay_release.objects_named", sql)


def _beside(rows: Sequence[Going]) -> Statement:
    """All records of the other people whom rows that go with these records name too: what keeps them keeps both."""
    named = "\n        union ".join(named_beside(rows))
    body = (
        "coalesce(array_agg(distinct p.id), '{}')\n"
        f"    from (\n        {named}) named (id),\n"
        "        unnest(relay_release.one_person(named.id)) p (id)\n"
        "    where p.id <> all (who)"
    )
    return _function("beside", "uuid[]", body)


def _kept(rows: Sequence[Going], models: Sequence[type]) -> list[Statement]:
    """Rows that no one deletes: a disposal does, and nothing else."""
    rules: dict[str, RowRules] = {
        model.__dict__["__table__"].fullname: getattr(model, RULES)
        for model in models
        if hasattr(model, RULES)
    }
    found: list[Statement] = []
    for each in rows:
        rule = rules.get(each.table.fullname)
        if rule is None or not rule.is_kept:
            continue
        refusal = rule.refusal
        said = "" if refusal == APPEND_ONLY else f"'{refusal.code}', '{refusal.state}'"
        never = "update or delete" if rule.is_final and not sealed_columns(each.table) else "delete"
        found.append(
            trigger(
                each.table,
                "wall_kept",
                f"before {never} or truncate",
                f"for each statement execute function relay_release.kept_unless_disposed({said})",
            )
        )
    return found


def _held(rows: Sequence[Going], models: Sequence[type]) -> list[Statement]:
    """Rows that could be deleted otherwise: not while a hold lasts.

    What a process deletes in its daily work (tokens, next actions) is made again from other rows.
    """
    rules = {
        model.__dict__["__table__"].fullname
        for model in models
        if getattr(getattr(model, RULES, None), "is_kept", False)
    }
    daily = {each.table for each in accesses(models) if "delete" in each.may} - {CLIENT}
    found: list[Statement] = []
    for each in rows:
        name = each.table.fullname
        column = "id" if name == CLIENT else COLUMN
        if (
            name in rules | daily
            or column not in each.table.columns
            or name.startswith("compliance")
        ):
            continue
        tail = f"for each row execute function relay_release.hold_stands('{column}')"
        found.append(trigger(each.table, "wall_hold", "before delete", tail))
    return found


def _stays_with(
    rows: Sequence[Going], models: Sequence[type], says: Mapping[str, Disposal]
) -> list[Statement]:
    """Rows that name a client go on naming this one, unless a merge or its undo moves them.

    Else what is on hold could be hung on someone else, and deleted there. What is made again daily needs no rule.
    """
    daily = {each.table for each in accesses(models) if "delete" in each.may}
    found: list[Statement] = []
    for each in rows:
        name = each.table.fullname
        column = each.table.columns.get(COLUMN)
        if column is None or name in daily or not column.foreign_keys:
            continue
        moves = getattr(says.get(name), "moves_when", "")
        apart = f"old.{COLUMN} is not null and old.{COLUMN} is distinct from new.{COLUMN}"
        when = f"{apart} and not ({moves})" if moves else apart
        tail = f"for each row when ({when}) execute function relay_release.stays_with_client()"
        found.append(trigger(each.table, "wall_stays_with", f"before update of {COLUMN}", tail))
    return found
