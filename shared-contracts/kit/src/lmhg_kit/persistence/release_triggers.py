"""When a record is released and when it is recalled: the triggers of each releasable table.

An insert, update or delete writes the outbox row in the same transaction, with the projection of the
exempt fields only; turning the exemption off, or deleting, writes a recall. A record is released under an
exemption that is in force (`check_exemption` in `sql/records.sql`) and, where that is for one record, with
the text that was approved. Withdrawing an exemption turns it off on every record that names it.
"""

from sqlalchemy import Table

from lmhg_contracts.registry import Kind
from lmhg_kit.persistence.statement import Statement, trigger

FIXED_COLUMNS = ("id", "hipaa_exempt", "exemption_id", "version")


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
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into relay.outbox (kind, record_id, version, op, body, exemption_id)
    select '{kind}', n.id, n.version, 'put', {new_body}, n.exemption_id
    from new_rows n where n.hipaa_exempt;
    return null;
end $$;
create or replace function relay_release.{name}_update() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into relay.outbox (kind, record_id, version, op, body, exemption_id)
    select '{kind}', o.id, o.version + 1, 'recall', null, null
    from old_rows o where o.hipaa_exempt;
    return null;
end $$
"""


def of_table(table: Table, kind: Kind) -> list[Statement]:
    """The triggers of a releasable table. Raises: TypeError for a table without the kind's columns."""
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
        trigger(
            table,
            "wall_exemption",
            "before insert or update",
            f"for each row execute function relay_release.check_exemption('{kind.name}')",
        ),
        trigger(
            table,
            "wall_text",
            "before insert or update",
            f"for each row execute function relay_release.{kind.name}_text()",
        ),
        trigger(table, "wall_release_insert", "after insert", f"{new} {each}insert()"),
        trigger(
            table,
            "wall_release_update",
            "after update",
            f"{new} old table as old_rows {each}update()",
        ),
        trigger(table, "wall_release_delete", "after delete", f"{old} {each}delete()"),
    ]


def of_plane(releases: dict[str, Kind]) -> list[Statement]:
    """What there is once a plane: approved texts, records released again, and withdrawals."""
    return _approved_text(releases) + _release_all(releases) + _withdrawal(releases)


def _approved_text(releases: dict[str, Kind]) -> list[Statement]:
    """An approval for one record is for its text: the digest is taken when it is approved."""
    bodies = "\n".join(
        f"    if wanted = '{kind.name}' then\n"
        f"        return (select {projection(kind, 'n')} from {full} n where n.id = wanted_id);\n"
        "    end if;"
        for full, kind in sorted(releases.items())
    )
    head = "language plpgsql security definer set search_path = pg_catalog, pg_temp as $$"
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
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
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
        "language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$\n"
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
        "language plpgsql security definer set search_path = pg_catalog, pg_temp as $$\n"
        f"begin\n{named}{body}\nend $$"
    )
