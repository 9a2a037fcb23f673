"""The wall: triggers generated from the contracts and installed after every migration.

For each watched table: a write without an actor fails and each write is audited. For each table
about clients: without an actor there is no row to see, for the owner neither. For each
releasable table: an insert, update or delete writes the outbox row in the same transaction, with
the projection of the exempt fields only; turning the exemption off, or deleting, writes a recall.
A drift test compares what the database has with what this module writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from lmhg_contracts.registry import Kind
from lmhg_kit.persistence.columns import holds_clients, is_watched
from lmhg_kit.persistence.stands import APPEND_ONLY, Stands, function_of, name_of, sealed_columns

FIXED_COLUMNS = ("id", "hipaa_exempt", "exemption_id", "version")


@dataclass(frozen=True)
class Statement:
    """One piece of the wall: the object it makes and the SQL that makes it."""

    name: str
    sql: str


def statements(
    tables: Iterable[Table],
    releases: dict[str, Kind],
    stands: Mapping[str, Stands] | None = None,
) -> list[Statement]:
    """The generated wall of one plane, in order.

    `releases` and `stands` map a table's full name to its kind, and to what stays so about its rows.
    """
    made: list[Statement] = []
    for table in sorted(tables, key=lambda found: found.fullname):
        if is_watched(table):
            made += _actor_triggers(table)
        if holds_clients(table):
            made += _actor_policy(table)
        if "version" in table.columns and "hipaa_exempt" in table.columns:
            made += _version_trigger(table)
        if table.fullname in releases:
            made += _release(table, releases[table.fullname])
        if stands and table.fullname in stands:
            made += _stands(table, stands[table.fullname])
    return made + _approved_text(releases) + _release_all(releases) + _withdrawal(releases)


def _trigger(table: Table, name: str, when: str, tail: str) -> Statement:
    full = f"{table.fullname}.{name}"
    sql = f"create or replace trigger {name} {when} on {table.fullname} {tail}"
    return Statement(full, sql)


def _actor_triggers(table: Table) -> list[Statement]:
    each = "for each statement execute function audit."
    new, old = "referencing new table as new_rows", "referencing old table as old_rows"
    return [
        _trigger(
            table, "wall_actor", "before insert or update or delete", f"{each}require_actor()"
        ),
        _trigger(table, "wall_audit_insert", "after insert", f"{new} {each}on_insert()"),
        _trigger(
            table,
            "wall_audit_update",
            "after update",
            f"{new} old table as old_rows {each}on_update()",
        ),
        _trigger(table, "wall_audit_delete", "after delete", f"{old} {each}on_delete()"),
    ]


ACTOR_NAMED = "(select audit.actor() <> '')"


def _actor_policy(table: Table) -> list[Statement]:
    """Rows about clients exist only for a transaction that has named its actor, the owner's too."""
    full = table.fullname
    return [
        Statement(f"{full}.rows", f"alter table {full} enable row level security"),
        Statement(f"{full}.rows_forced", f"alter table {full} force row level security"),
        Statement(f"{full}.no_policy", f"drop policy if exists actor_named on {full}"),
        Statement(
            f"{full}.policy",
            f"create policy actor_named on {full} using ({ACTOR_NAMED}) with check ({ACTOR_NAMED})",
        ),
    ]


def _version_trigger(table: Table) -> list[Statement]:
    tail = "for each row execute function relay_release.raise_version()"
    return [_trigger(table, "wall_version", "before insert or update", tail)]


def _stands(table: Table, stands: Stands) -> list[Statement]:
    """What a table declares of its rows: a trigger for each row, and none goes."""
    made = [
        Statement(f"relay_release.{name_of(table)}", function_of(table, stands)),
        _trigger(
            table,
            "wall_stands",
            "before insert or update",
            f"for each row execute function relay_release.{name_of(table)}()",
        ),
    ]
    if stands.is_kept:
        refusal = stands.refusal
        said = "" if refusal == APPEND_ONLY else f"'{refusal.code}', '{refusal.state}'"
        never = "update or delete" if stands.is_final and not sealed_columns(table) else "delete"
        made.append(
            _trigger(
                table,
                "wall_kept",
                f"before {never} or truncate",
                f"for each statement execute function audit.refuse_change({said})",
            )
        )
    return made


def projection(kind: Kind, alias: str) -> str:
    """The body that ships, as SQL: the exempt fields and the tag, nothing else."""
    pairs = [f"'kind', '{kind.name}'"]
    pairs += [f"'{name}', {_json_value(name, alias)}" for name in kind.fields]
    return f"jsonb_build_object({', '.join(pairs)})::text"


def _json_value(name: str, alias: str) -> str:
    column = f"{alias}.{name}"
    if name.endswith("_at"):
        return f"to_char({column} at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    return column


_RELEASE = """
create or replace function relay_release.{name}_text() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if new.hipaa_exempt and exists (
        select from relay.exemption e
        where e.id = new.exemption_id and e.record_id is not null
          and e.text_digest is distinct from sha256(convert_to({row_body}, 'UTF8'))) then
        raise exception 'text_approved' using errcode = 'LM032';
    end if;
    return new;
end $$;
create or replace function relay_release.{name}_insert() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into relay.outbox (kind, record_id, version, op, body, exemption_id)
    select '{kind}', n.id, n.version, 'put', {new_body}, n.exemption_id
    from new_rows n where n.hipaa_exempt;
    return null;
end $$;
create or replace function relay_release.{name}_update() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into relay.outbox (kind, record_id, version, op, body, exemption_id)
    select '{kind}', n.id, n.version,
           case when n.hipaa_exempt then 'put' else 'recall' end,
           case when n.hipaa_exempt then {new_body} end,
           case when n.hipaa_exempt then n.exemption_id end
    from new_rows n join old_rows o on o.id = n.id
    where (n.hipaa_exempt or o.hipaa_exempt)
      and (n.hipaa_exempt is distinct from o.hipaa_exempt
           or n.exemption_id is distinct from o.exemption_id
           or {new_body} is distinct from {old_body});
    return null;
end $$;
create or replace function relay_release.{name}_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into relay.outbox (kind, record_id, version, op, body, exemption_id)
    select '{kind}', o.id, o.version + 1, 'recall', null, null
    from old_rows o where o.hipaa_exempt;
    return null;
end $$
"""


def _release(table: Table, kind: Kind) -> list[Statement]:
    missing = [name for name in (*FIXED_COLUMNS, *kind.fields) if name not in table.columns]
    if missing:
        message = f"{table.fullname} lacks columns of {kind.name}: {', '.join(missing)}"
        raise TypeError(message)
    bodies = {
        "new_body": projection(kind, "n"),
        "old_body": projection(kind, "o"),
        "row_body": projection(kind, "new"),
    }
    functions = _RELEASE.format(name=kind.name, kind=kind.name, **bodies)
    each = f"for each statement execute function relay_release.{kind.name}_"
    new, old = "referencing new table as new_rows", "referencing old table as old_rows"
    return [
        Statement(f"relay_release.{kind.name}", functions),
        _trigger(
            table,
            "wall_exemption",
            "before insert or update",
            f"for each row execute function relay_release.check_exemption('{kind.name}')",
        ),
        _trigger(
            table,
            "wall_text",
            "before insert or update",
            f"for each row execute function relay_release.{kind.name}_text()",
        ),
        _trigger(table, "wall_release_insert", "after insert", f"{new} {each}insert()"),
        _trigger(
            table,
            "wall_release_update",
            "after update",
            f"{new} old table as old_rows {each}update()",
        ),
        _trigger(table, "wall_release_delete", "after delete", f"{old} {each}delete()"),
    ]


def _approved_text(releases: dict[str, Kind]) -> list[Statement]:
    """An approval for one record is for its text: the digest is taken when it is approved."""
    bodies = "\n".join(
        f"    if wanted = '{kind.name}' then\n"
        f"        return (select {projection(kind, 'n')} from {full} n where n.id = wanted_id);\n"
        "    end if;"
        for full, kind in sorted(releases.items())
    )
    head = "language plpgsql security definer set search_path = pg_catalog as $$"
    return [
        Statement(
            "relay_release.body_of",
            "create or replace function relay_release.body_of(wanted text, wanted_id uuid)"
            f" returns text\n{head}\nbegin\n{bodies}\n    return null;\nend $$",
        ),
        Statement(
            "relay_release.approved_text",
            f"create or replace function relay_release.approved_text() returns trigger\n{head}\n"
            "begin\n"
            "    new.text_digest := sha256(convert_to(\n"
            "        relay_release.body_of(new.kind, new.record_id), 'UTF8'));\n"
            "    return new;\nend $$",
        ),
        Statement(
            "relay.exemption.wall_text",
            "create or replace trigger wall_text before insert on relay.exemption"
            " for each row execute function relay_release.approved_text()",
        ),
    ]


def _release_all(releases: dict[str, Kind]) -> list[Statement]:
    """One record again (after a hold was cleared), and every record again (after a restore)."""
    one: list[str] = []
    every: list[str] = []
    for full, kind in sorted(releases.items()):
        put = (
            "insert into relay.outbox (kind, record_id, version, op, body, exemption_id) "
            f"select '{kind.name}', n.id, n.version, 'put', {projection(kind, 'n')}, n.exemption_id "
            f"from {full} n where n.hipaa_exempt"
        )
        one.append(f"    if wanted = '{kind.name}' then {put} and n.id = wanted_id; end if;")
        every.append(f"    {put};")
    names = ", ".join(f"'{kind.name}'" for _, kind in sorted(releases.items())) or "''"
    guard = (
        f"    if wanted is null or wanted not in ({names}) or wanted_id is null then\n"
        "        raise exception 'argument_out_of_range' using errcode = '22023';\n    end if;"
    )
    body = "\n".join([guard, *one])
    whole = "\n".join(every)
    return [
        Statement(
            "relay_release.release_again",
            _function("release_again(wanted text, wanted_id uuid)", body),
        ),
        Statement(
            "relay_release.release_all", _function("release_all()", whole, actor="process: relay")
        ),
    ]


_WITHDRAWAL = """
create or replace function relay_release.on_withdrawal() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
    if new.withdrawn_at is not null and old.withdrawn_at is null then
{updates}
    end if;
    return null;
end $$
"""


def _withdrawal(releases: dict[str, Kind]) -> list[Statement]:
    """Withdrawing an exemption turns it off on every record that names it, here and now."""
    updates = "\n".join(
        f"        update {full} set hipaa_exempt = false"
        " where exemption_id = new.id and hipaa_exempt;"
        for full in sorted(releases)
    )
    trigger = (
        "create or replace trigger wall_withdrawal after update on relay.exemption "
        "for each row execute function relay_release.on_withdrawal()"
    )
    counts = "\n        + ".join(
        f"(select count(*) from {full} r where r.exemption_id = wanted and r.hipaa_exempt)"
        for full in sorted(releases)
    )
    counting = (
        "create or replace function relay_release.exempt_under(wanted uuid) returns bigint\n"
        "language plpgsql stable security definer set search_path = pg_catalog as $$\n"
        f"begin\n    return {counts or '0'};\nend $$"
    )
    return [
        Statement("relay_release.exempt_under", counting),
        Statement("relay_release.on_withdrawal", _WITHDRAWAL.format(updates=updates)),
        Statement("relay.exemption.wall_withdrawal", trigger),
    ]


def _function(signature: str, body: str, *, actor: str = "") -> str:
    """A function of the wall; `actor` names one for a caller that has none, such as the relay."""
    named = f"    perform set_config('app.actor', '{actor}', true);\n" if actor else ""
    return (
        f"create or replace function relay_release.{signature} returns void\n"
        "language plpgsql security definer set search_path = pg_catalog as $$\n"
        f"begin\n{named}{body}\nend $$"
    )
