"""Writes everything to a place: rows as JSON Lines and CSV, files as files, ledgers, and the list of hashes.

Nothing is held in memory but a few rows or one chunk of a file. All rows are read in one snapshot, each table once
for each of its two forms. What is written has another name until it is whole: a run that breaks off leaves nothing
by the wanted one, and the next one begins again.
"""

import asyncio
import csv
import hashlib
import io
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, TextIO, cast

import msgspec
from sqlalchemy import Executable, RowMapping, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.features.documents.public import opened as opened_object
from lmhg_gateway.features.leaving.cells import cells, columns_of, name_of, opened, plain
from lmhg_gateway.features.leaving.places import SUMS, Place
from lmhg_gateway.features.leaving.readme import README, dictionary_rows
from lmhg_gateway.features.leaving.rules import LEFT_OUT, OF_OTHERS
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_gateway.web.leaving_points import FilesTaken, FileTaken
from lmhg_kit.errors import NotFound, Unavailable
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.ledgers import export_spooled
from lmhg_kit.persistence.sealing import installed

AT_ONCE = 200
"""Rows in memory at a time."""
PURPOSE = "export of everything"
_COLUMNS = text(
    "select column_name from information_schema.columns"
    " where table_schema = :schema and table_name = :table order by ordinal_position"
)
_NAMED = text(
    "select set_config('app.actor', :actor, true), set_config('app.purpose', :purpose, true)"
)


@dataclass(frozen=True)
class Written:
    """What an export has: rows by table, files, and the hash of its list."""

    rows: dict[str, int] = field(default_factory=dict[str, int])
    files: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    sealed: str = ""
    """The hash of the encrypted file, where it is one."""


@dataclass(frozen=True)
class Everything:
    """Writes all that the practice owns."""

    db: Database
    actor: Actor
    tables: Sequence[Table]
    files: Sequence[FilesTaken]
    store: ObjectStore | None
    box: OpeningBox | None

    async def write(self, place: Place) -> tuple[Written, str]:
        """Write everything; what was written, and the hash of the list of files.

        Raises: Unavailable, SealBroken, OSError.
        """
        done = Written()
        try:
            await self._tables(place, done)
            for each in self.files:
                await self._files(each, place, done)
            await self._ledgers(place, done)
            await asyncio.to_thread(self._about, place, done)
            digest = await asyncio.to_thread(_sums, place)
            done.files[:] = sorted(place.sums)
            sealed = await asyncio.to_thread(place.end)
        except BaseException:
            await asyncio.to_thread(place.give_up)
            raise
        return replace(done, sealed=sealed), digest

    async def _tables(self, place: Place, done: Written) -> None:
        async with self.db.engine.connect() as link, link.begin():
            await link.execute(text("set transaction isolation level repeatable read, read only"))
            await link.execute(_NAMED, {"actor": self.actor.id, "purpose": PURPOSE})
            for table in self.tables:
                if table.fullname not in LEFT_OUT:
                    done.rows[table.fullname] = await self._table(link, table, place)
            for name in OF_OTHERS:
                done.rows[name] = await self._as_it_is(link, name, place)

    async def _table(self, link: AsyncConnection, table: Table, place: Place) -> int:
        keyring = installed()
        heads = [name_of(each) for each in columns_of(table)]
        query = select(table).order_by(*table.primary_key.columns)
        return await _rows(
            link,
            query,
            f"tables/{table.fullname}",
            place,
            heads=heads,
            said=lambda row: opened(table, row, keyring=keyring, box=self.box),
        )

    async def _as_it_is(self, link: AsyncConnection, name: str, place: Place) -> int:
        schema, _, table = name.partition(".")
        found = await link.scalars(_COLUMNS, {"schema": schema, "table": table})
        heads = list(found)
        query = text(f"select {', '.join(heads)} from {name} order by 1, 2")  # noqa: S608 - constant names
        return await _rows(
            link,
            query,
            f"tables/{name}",
            place,
            heads=heads,
            said=lambda row: {key: plain(value) for key, value in row.items()},
        )

    async def _files(self, taken: FilesTaken, place: Place, done: Written) -> None:
        after: uuid.UUID | None = None
        while True:
            async with self.db.read(self.actor, PURPOSE) as tx:
                found = await taken.load(tx, after, AT_ONCE)
            if not found:
                return
            if self.store is None:
                raise Unavailable("store_missing")
            for each in found:
                await asyncio.to_thread(_file, self.store, place, taken.folder, each)
                done.files.append(each.path)
            after = found[-1].id

    async def _ledgers(self, place: Place, done: Written) -> None:
        for name in ("access", "relay"):
            try:
                with (
                    await export_spooled(self.db, name) as said,
                    place.new(f"ledgers/{name}.ledger") as out,
                ):
                    await asyncio.to_thread(shutil.copyfileobj, said, out)
            except NotFound:
                done.notes.append(f"The {name} ledger has no signed checkpoint yet.")

    def _about(self, place: Place, done: Written) -> None:
        with place.new("dictionary.csv") as out, _text(out) as sheet:
            csv.writer(sheet).writerows(dictionary_rows(self.tables))
        with place.new("README.txt") as out:
            out.write("".join([README, *(f"{each}\n" for each in done.notes)]).encode())
        known = {"rows": done.rows, "files": len(done.files), "left_out": LEFT_OUT}
        with place.new("manifest.json") as out:
            out.write(msgspec.json.format(msgspec.json.encode(known), indent=1) + b"\n")


async def _rows(
    link: AsyncConnection,
    query: Executable,
    path: str,
    place: Place,
    *,
    heads: Sequence[str],
    said: Callable[[dict[str, Any]], dict[str, Any]],
) -> int:
    """Write the rows of a query in both forms, a few in memory at a time; how many."""
    encode, count = msgspec.json.Encoder().encode, 0
    with place.new(f"{path}.jsonl") as lines:
        async for row in _each(link, query):
            lines.write(encode(said(row)) + b"\n")
            count += 1
    with place.new(f"{path}.csv") as out, _text(out) as sheet:
        writer = csv.writer(sheet)
        writer.writerow(heads)
        async for row in _each(link, query):
            writer.writerow(
                cells(list(said(row).values()), encode=lambda each: encode(each).decode())
            )
    return count


async def _each(link: AsyncConnection, query: Executable) -> AsyncIterator[dict[str, Any]]:
    async with link.stream(query, execution_options={"yield_per": AT_ONCE}) as rows:
        async for row in rows.mappings():
            yield _named(row)


def _named(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _file(store: ObjectStore, place: Place, folder: str, each: FileTaken) -> None:
    with place.new(f"{folder}/{each.path}") as out:
        for piece in opened_object(
            store, each.name, size=each.size, key=each.key, first=0, last=each.size - 1
        ):
            out.write(piece)


@contextmanager
def _text(out: BinaryIO) -> Iterator[TextIO]:
    """A file as text, which stays open behind it."""
    text_file = io.TextIOWrapper(io.BufferedWriter(cast("io.RawIOBase", out)), "utf-8", newline="")
    try:
        yield text_file
        text_file.flush()
    finally:
        text_file.detach().detach()


def _sums(place: Place) -> str:
    """Write the list of all files with their hashes, as `sha256sum -c` reads it; the hash of the list."""
    body = "".join(f"{place.sums[path]}  {path}\n" for path in sorted(place.sums)).encode()
    with place.new(SUMS) as out:
        out.write(body)
    del place.sums[SUMS]
    return hashlib.sha256(body).hexdigest()
