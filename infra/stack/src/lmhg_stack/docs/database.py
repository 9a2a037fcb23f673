"""The database dictionary: each table and column of both planes, its type, its class, and who may touch it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

from lmhg_gateway.database import PLAN as ONPREM
from lmhg_kit.persistence import audit
from lmhg_kit.persistence.columns import classes_of
from lmhg_kit.persistence.install import Plan
from lmhg_portal.database import PLAN as CLOUD
from lmhg_relay.migrate import scripts as relay_scripts

PLANES: Mapping[str, Plan] = {"on-prem": ONPREM, "cloud": CLOUD}
_DIALECT = postgresql.dialect()
_TABLE = re.compile(
    r"((?:^-- [^\n]*\n)*)^create table ([\w.]+) \(\n(.*?)^\);",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_COLUMN = re.compile(r"^    (\w+) ((?:[a-z]\w*(?:\(\d+\))?(?:\[\])?))(.*)$", re.MULTILINE)
_ADDED = re.compile(r"alter table ([\w.]+) add column ([^\"]+)\"")
"""What a later migration adds to one of these tables."""
_NOT_COLUMNS = frozenset({"constraint", "primary", "check", "unique", "foreign"})
_SHORT = {"TIMESTAMP WITH TIME ZONE": "timestamptz"}


@dataclass(frozen=True)
class Field:
    """One column as the dictionary shows it."""

    name: str
    kind: str
    is_null: bool
    data_class: str


def dictionary() -> str:
    """docs/reference/database.md."""
    parts = [
        "# Database",
        "",
        (
            "Every column carries exactly one class: `phi`, `exempt`, `operational` or `secret`."
            " Text of class `phi` is sealed (AES-256-GCM); the cloud has no column of that class."
            " A role that is not named under a table may do nothing with it; `relay.*`, `replica.*`"
            " and `audit.*` are the same on both planes, and their grants stand in"
            " `sync-relay/src/lmhg_relay/wall.sql` and `lmhg_kit/persistence/audit.py`."
        ),
    ]
    for plane, plan in PLANES.items():
        parts += ["", f"## {plane}", *_plane(plan)]
    parts += ["", "## on both planes"]
    for name, promise, fields in shared_tables():
        parts += ["", *_table(name, promise, fields)]
    return "\n".join(parts)


def _plane(plan: Plan) -> Iterator[str]:
    may: dict[str, list[str]] = {}
    for each in plan.access():
        may.setdefault(each.table, []).append(f"`{each.role}`: {each.may}")
    tables: dict[str, type] = {m.__dict__["__table__"].fullname: m for m in plan.models}
    for name, model in sorted(tables.items()):
        table: Table = model.__dict__["__table__"]
        if table.schema not in plan.schemas:
            continue
        promise = (model.__doc__ or "").strip().splitlines()[0]
        classes = classes_of(table)
        fields = [
            Field(c.name, type_of(c), bool(c.nullable), classes[c.name].value)
            for c in table.columns
        ]
        yield ""
        yield from _table(name, promise, fields)
        yield ""
        yield f"{'; '.join(may.get(name, ['nobody']))}."


def type_of(column: Column[Any]) -> str:
    """PostgreSQL's own name of a column's type, in its short form."""
    said = column.type.compile(dialect=_DIALECT)
    return _SHORT.get(said, said).lower().replace(", ", ",")


def shared_tables() -> Iterator[tuple[str, str, list[Field]]]:
    """Tables of schemas audit, relay and replica, as their migrations write them."""
    versions: Path = relay_scripts() / "versions"
    relay = (versions / "0001_relay.sql").read_text(encoding="utf-8")
    later = [file.read_text(encoding="utf-8") for file in sorted(versions.glob("000[2-9]_*.py"))]
    added = [found for source in later for found in _ADDED.findall(source)]
    for source in (audit.TABLES, relay):
        for comment, name, body in _TABLE.findall(source):
            promise = " ".join(line.removeprefix("-- ") for line in comment.splitlines())
            more = "\n".join(f"    {column}" for table, column in added if table == name)
            fields = list(_fields(name, f"{body}\n{more}"))
            yield name, "" if "---" in promise else promise, fields


def _fields(table: str, body: str) -> Iterator[Field]:
    for name, kind, rest in _COLUMN.findall(body):
        if name.lower() in _NOT_COLUMNS:
            continue
        is_exempt = (table, name) in {
            ("relay.outbox", "body"),
            ("relay.batch", "blob"),
            ("replica.record", "body"),
        }
        is_null = "not null" not in rest.lower() and "primary key" not in rest.lower()
        key = re.search(r"primary key \(([^)]*)\)", body, re.IGNORECASE)
        in_key = bool(key) and name in re.split(r",\s*", key.group(1) if key else "")
        yield Field(name, kind, is_null and not in_key, "exempt" if is_exempt else "operational")


def _table(name: str, promise: str, fields: list[Field]) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    if promise:
        yield promise
        yield ""
    yield "| column | type | class |"
    yield "| --- | --- | --- |"
    for field in fields:
        null = ", null" if field.is_null else ""
        yield f"| `{field.name}` | {field.kind}{null} | {field.data_class} |"
