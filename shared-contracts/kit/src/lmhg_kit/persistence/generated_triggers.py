"""The triggers that tables have alike, generated and installed after every migration.

For each watched table: a write without an actor fails, and each write is audited. For each table
about clients: without an actor there is no row to see, for the owner neither. For each table with
`__row_rules__`: what may become of its rows. For each releasable table: `release_triggers.py`.
A drift test compares what the database has with what this module writes.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Table

from lmhg_contracts.registry import Kind
from lmhg_kit.persistence import release_triggers
from lmhg_kit.persistence.columns import holds_clients, is_watched
from lmhg_kit.persistence.row_rules import (
    APPEND_ONLY,
    RowRules,
    function_of,
    name_of,
    sealed_columns,
)
from lmhg_kit.persistence.statement import Statement, trigger


def statements(
    tables: Iterable[Table],
    releases: dict[str, Kind],
    row_rules: Mapping[str, RowRules] | None = None,
) -> list[Statement]:
    """The generated wall of one plane, in order.

    `releases` and `row_rules` map a table's full name to its kind, and to what stays so about its rows.
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
            made += release_triggers.of_table(table, releases[table.fullname])
        if row_rules and table.fullname in row_rules:
            made += _row_rules(table, row_rules[table.fullname])
    return made + release_triggers.of_plane(releases)


def _actor_triggers(table: Table) -> list[Statement]:
    each = "for each statement execute function audit."
    new, old = "referencing new table as new_rows", "referencing old table as old_rows"
    return [
        trigger(table, "wall_actor", "before insert or update or delete", f"{each}require_actor()"),
        trigger(table, "wall_audit_insert", "after insert", f"{new} {each}on_insert()"),
        trigger(
            table,
            "wall_audit_update",
            "after update",
            f"{new} old table as old_rows {each}on_update()",
        ),
        trigger(table, "wall_audit_delete", "after delete", f"{old} {each}on_delete()"),
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
    return [trigger(table, "wall_version", "before insert or update", tail)]


def _row_rules(table: Table, rules: RowRules) -> list[Statement]:
    """What a table declares of its rows: a trigger for each row, and none goes."""
    made = [
        Statement(f"relay_release.{name_of(table)}", function_of(table, rules)),
        trigger(
            table,
            "wall_stands",
            "before insert or update",
            f"for each row execute function relay_release.{name_of(table)}()",
        ),
    ]
    if rules.is_kept:
        refusal = rules.refusal
        said = "" if refusal == APPEND_ONLY else f"'{refusal.code}', '{refusal.state}'"
        never = "update or delete" if rules.is_final and not sealed_columns(table) else "delete"
        made.append(
            trigger(
                table,
                "wall_kept",
                f"before {never} or truncate",
                f"for each statement execute function audit.refuse_change({said})",
            )
        )
    return made
