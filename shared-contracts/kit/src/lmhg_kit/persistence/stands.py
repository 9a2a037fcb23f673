"""Rules of a table that the database holds against every writer: declared beside the table, generated as a trigger.

What recurs is declared here (rows that are never deleted, columns that stay, whose name a row may carry);
what is special about one table is in its feature's `wall.sql`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

DECLARED = "__stands__"
"""The class attribute of a table that carries its `Stands`."""


@dataclass(frozen=True)
class Refusal:
    """What the wall raises: a code that has a sentence for people, and its SQLSTATE."""

    code: str
    state: str


APPEND_ONLY = Refusal("append_only", "LM001")
TWO_PERSONS = Refusal("two_persons", "LM012")
UNPROVED = Refusal("actor_unproved", "LM031")


@dataclass(frozen=True, kw_only=True)
class Stands:
    """What stays so about every row of a table.

    The worker may always change sealed columns alone: it seals them under a newer key.
    """

    refusal: Refusal = APPEND_ONLY
    is_kept: bool = True
    """No row is deleted."""
    is_final: bool = False
    """No row is changed either."""
    fixed: tuple[str, ...] = ()
    """Columns that stay as they were first written."""
    only: tuple[str, ...] = ()
    """The columns that may change, where naming these is shorter."""
    over_when: str = ""
    """SQL over `old`: from then on the row stays whole."""
    begins: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a new row says: column to SQL value."""
    by_actor: tuple[str, ...] = ()
    """Columns of a new row that name who writes it: the proved actor, as text."""
    changed_by_actor: tuple[str, ...] = ()
    """Columns that name who changes a row: on each change they name the proved actor."""
    made_by_power: tuple[str, ...] = ()
    """Logins from which a person with admin or compliance alone makes a row."""
    changed_by_power: tuple[str, ...] = ()
    """Logins from which a person with admin or compliance alone changes a row."""
    together: tuple[tuple[str, str], ...] = ()
    """Pairs of columns that are both empty or both not."""
    names_actor: tuple[str, ...] = ()
    """Columns that, whenever they get another value, name the proved actor or nobody."""


def function_of(table: Table, stands: Stands) -> str:
    """The trigger function of a table's rules, as SQL."""
    refuse = f"raise exception '{stands.refusal.code}' using errcode = '{stands.refusal.state}';"
    inserts = [f"new.{name}::text is distinct from audit.actor()" for name in stands.by_actor]
    inserts += [f"new.{name} is distinct from {value}" for name, value in stands.begins.items()]
    inserts += _without_power(stands.made_by_power)
    updates = _updates(stands)
    lines = ["begin"]
    if sealed_columns(table):
        lines += [
            "    if tg_op = 'UPDATE' and audit.only_resealed(to_jsonb(old), to_jsonb(new)) then",
            "        return new;",
            "    end if;",
        ]
    for operation, found in (("INSERT", inserts), ("UPDATE", updates)):
        if found:
            tests = "\n        or ".join(found)
            lines += [
                f"    if tg_op = '{operation}' and ({tests}) then",
                f"        {refuse}",
                "    end if;",
            ]
    body = "\n".join([*lines, "    return new;", "end $$"])
    return (
        f"create or replace function relay_release.{name_of(table)}() returns trigger\n"
        f"language plpgsql security definer set search_path = pg_catalog as $$\n{body}"
    )


def _updates(stands: Stands) -> list[str]:
    if stands.is_final:
        return ["true"]
    found = [stands.over_when] if stands.over_when else []
    if stands.fixed:
        news, olds = (", ".join(f"{row}.{n}" for n in stands.fixed) for row in ("new", "old"))
        found.append(f"({news}) is distinct from ({olds})")
    if stands.only:
        names = ", ".join(f"'{name}'" for name in stands.only)
        found.append(
            f"to_jsonb(new) - array[{names}] is distinct from to_jsonb(old) - array[{names}]"
        )
    found += [f"new.{n}::text is distinct from audit.actor()" for n in stands.changed_by_actor]
    found += _without_power(stands.changed_by_power)
    found += [f"(new.{one} is null) <> (new.{other} is null)" for one, other in stands.together]
    found += [
        f"(new.{n} is distinct from old.{n} and new.{n} is not null"
        f" and new.{n}::text is distinct from audit.actor())"
        for n in stands.names_actor
    ]
    return found


def _without_power(logins: tuple[str, ...]) -> list[str]:
    if not logins:
        return []
    named = ", ".join(f"'{login}'" for login in logins)
    has_power = "relay_release.holds(audit.actor(), relay_release.powers())"
    return [f"(session_user in ({named}) and not {has_power})"]


def sealed_columns(table: Table) -> list[str]:
    """The columns of a table that hold ciphertext."""
    return [column.name for column in table.columns if column.name.endswith("_sealed")]


def name_of(table: Table) -> str:
    """The name of a table's trigger function."""
    return f"stands_{table.schema}_{table.name}"
