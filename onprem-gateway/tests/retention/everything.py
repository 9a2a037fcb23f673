"""One row of each table that goes with a client, for anyone: made from the tables, so that none is forgotten.

The database is a test's own: its checks are dropped and its triggers are off while the rows are written.
"""

import os
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    LargeBinary,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from lmhg_gateway.database import MODELS
from lmhg_gateway.features.retention.disposing import letting_go
from lmhg_gateway.features.retention.wall import going
from lmhg_stack.testing import PlaneDatabase

LONG_AGO = datetime(2001, 5, 6, 12, tzinfo=UTC)
Rows = dict[str, dict[str, Any]]


def tables() -> list[Table]:
    """Every table of which a person may have a row, those that others name first."""
    go = [each.table for each in reversed(going(MODELS))]
    return [*go, *(table for table, _ in letting_go(MODELS))]


async def open_up(onprem: PlaneDatabase) -> None:
    """Drop the checks of these tables: a made-up row need not be a sensible one."""
    for table in tables():
        for row in await onprem.run(
            "select conname from pg_constraint where conrelid = $1::regclass and contype = 'c'",
            table.fullname,
        ):
            await onprem.run(f"alter table {table.fullname} drop constraint {row['conname']}")


async def put_person(onprem: PlaneDatabase, mark: bytes) -> Rows:
    """A row of each table, whose sealed columns have this mark in them."""
    rows: Rows = {}
    for table in tables():
        rows[table.fullname] = _row(table, rows, mark)
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            for table in tables():
                await link.execute(f"alter table {table.fullname} disable trigger all")
            for table in tables():
                await _insert(link, table, rows[table.fullname])
            for table in tables():
                await link.execute(f"alter table {table.fullname} enable trigger all")
                await link.execute(_ALWAYS.format(table=table.fullname))
    finally:
        await link.close()
    return rows


_ALWAYS = """do $$ declare found record; begin
for found in select tgname from pg_trigger where tgrelid = '{table}'::regclass and tgname like 'wall\\_%' loop
execute format('alter table {table} enable always trigger %I', found.tgname); end loop; end $$"""


async def _insert(link: asyncpg.Connection, table: Table, row: Mapping[str, Any]) -> None:
    names = list(row)
    places = ", ".join(f"${at}" for at in range(1, len(names) + 1))
    sql = f"insert into {table.fullname} ({', '.join(names)}) values ({places})"
    await link.execute(sql, *(row[name] for name in names))


def _row(table: Table, rows: Rows, mark: bytes) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.server_default, Computed):
            continue
        value = _named(table, column, rows)
        if value is None:
            value = _value(column, mark)
        if value is not None:
            row[column.name] = value
    row |= _special(table.name, rows)
    return row


def _named(table: Table, column: Column[Any], rows: Rows) -> Any:
    for key in column.foreign_keys:
        target = key.column.table.fullname
        if target == table.fullname:
            return None
        if target in rows:
            return rows[target][key.column.name]
    return rows["practice.client"]["id"] if column.name == "client_id" else None


def _value(column: Column[Any], mark: bytes) -> Any:
    kind = column.type
    if column.name.endswith("_sealed"):
        return mark + column.name.encode()
    if column.nullable:
        return None
    size = min(getattr(kind, "length", None) or 8, 8)
    made: dict[type, Callable[[], Any]] = {
        Uuid: uuid.uuid4,
        ARRAY: list,
        JSONB: lambda: "{}",
        String: lambda: uuid.uuid4().hex[:size],
        LargeBinary: lambda: os.urandom(size),
        Boolean: lambda: False,
        DateTime: lambda: LONG_AGO,
        Date: LONG_AGO.date,
    }
    return next((make() for sort, make in made.items() if isinstance(kind, sort)), 1)


def _special(name: str, rows: Rows) -> dict[str, Any]:
    """What no foreign key says, and holds that are over."""
    of = {key.partition(".")[2]: row for key, row in rows.items()}
    over = {"lifted_at": LONG_AGO, "lifted_by": "x"}
    known: dict[str, Callable[[], dict[str, Any]]] = {
        "document_hold": lambda: over,
        "legal_hold": lambda: over,
        "calendar_block": lambda: {"appointment_id": of["appointment"]["id"]},
        "upload": lambda: {"id": of["document_version"]["upload_id"]},
        "intakeq_copy": lambda: {"record_id": of["appointment"]["id"]},
        "external_id": lambda: {"record_id": of["client"]["id"]},
    }
    return known.get(name, dict)()
