"""What may become of a table's rows: declared beside the table, and held against every writer by a trigger.

What recurs is declared here (rows that are never deleted, columns that stay, whose name a row may carry);
what is special about one table is in its feature's `wall.sql`. Who may read or write it is `__access__`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

DECLARED = "__row_rules__"
"""The class attribute of a table that carries its `RowRules`."""


@dataclass(frozen=True)
class Refusal:
    """What the wall raises: a code that has a sentence for people, and its SQLSTATE."""

    code: str
    state: str


APPEND_ONLY = Refusal("append_only", "LM001")
TWO_PERSONS = Refusal("two_persons", "LM012")
UNPROVED = Refusal("actor_unproved", "LM031")


@dataclass(frozen=True, kw_only=True)
class RowRules:
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
    but_by_anyone: tuple[str, ...] = ()
    """Columns that change by themselves without that power, where another rule says when."""
    together: tuple[tuple[str, str], ...] = ()
    """Pairs of columns that are both empty or both not."""
    names_actor: tuple[str, ...] = ()
    """Columns that, whenever they get another value, name the proved actor or nobody."""


def function_of(table: Table, rules: RowRules) -> str:
    """The trigger function of a table's rules, as SQL."""
    refuse = f"raise exception '{rules.refusal.code}' using errcode = '{rules.refusal.state}';"
    inserts = [f"new.{name}::text is distinct from audit.actor()" for name in rules.by_actor]
    inserts += [f"new.{name} is distinct from {value}" for name, value in rules.begins.items()]
    inserts += _without_power(rules.made_by_power)
    updates = _updates(rules)
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
        f"language plpgsql security definer set search_path = pg_catalog, pg_temp as $$\n{body}"
    )


def _updates(rules: RowRules) -> list[str]:
    if rules.is_final:
        return ["true"]
    found = [rules.over_when] if rules.over_when else []
    if rules.fixed:
        news, olds = (", ".join(f"{row}.{n}" for n in rules.fixed) for row in ("new", "old"))
        found.append(f"({news}) is distinct from ({olds})")
    if rules.only:
        names = ", ".join(f"'{name}'" for name in rules.only)
        found.append(
            f"to_jsonb(new) - array[{names}] is distinct from to_jsonb(old) - array[{names}]"
        )
    found += [f"new.{n}::text is distinct from audit.actor()" for n in rules.changed_by_actor]
    found += [_but(rules.but_by_anyone, each) for each in _without_power(rules.changed_by_power)]
    found += [f"(new.{one} is null) <> (new.{other} is null)" for one, other in rules.together]
    found += [
        f"(new.{n} is distinct from old.{n} and new.{n} is not null"
        f" and new.{n}::text is distinct from audit.actor())"
        for n in rules.names_actor
    ]
    return found


_BY_ITSELF = ("version", "updated_at", "storage_policy")
"""Columns that the database sets; a generated one is not known yet when a rule looks."""


def _but(columns: tuple[str, ...], refused: str) -> str:
    if not columns:
        return refused
    named = ", ".join(f"'{name}'" for name in (*columns, *_BY_ITSELF))
    others = f"to_jsonb(new) - array[{named}] is distinct from to_jsonb(old) - array[{named}]"
    return f"({others} and {refused})"


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
