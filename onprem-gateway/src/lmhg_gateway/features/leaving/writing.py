"""Writes everything to a folder: rows as JSON Lines and CSV, files as files, ledgers, and the list of hashes.

Nothing is held in memory but a few rows or one chunk of a file. All rows are read in one snapshot. What is written
lies in a folder beside the wanted one until it is whole: a run that breaks off leaves no folder by that name, and
the next one begins again.
"""

import asyncio
import csv
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import msgspec
from sqlalchemy import Executable, RowMapping, Table, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.features.documents.public import opened as opened_object
from lmhg_gateway.features.leaving.cells import cells, columns_of, name_of, opened, plain
from lmhg_gateway.features.leaving.readme import README, dictionary_rows
from lmhg_gateway.features.leaving.rules import LEFT_OUT, OF_OTHERS
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_gateway.web.leaving_points import FilesTaken, FileTaken
from lmhg_kit.errors import Conflict, NotFound, Unavailable
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.ledgers import export_ledger
from lmhg_kit.persistence.sealing import installed

AT_ONCE = 200
"""Rows in memory at a time."""
UNFINISHED = ".unfinished"
SUMS = "SHA256SUMS"
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


@dataclass(frozen=True)
class Everything:
    """Writes all that the practice owns."""

    db: Database
    actor: Actor
    tables: Sequence[Table]
    files: Sequence[FilesTaken]
    store: ObjectStore | None
    box: OpeningBox | None

    async def write(self, folder: Path) -> tuple[Written, str]:
        """Write everything; what was written, and the hash of the list of files.

        Raises: Conflict where the folder is there already, Unavailable, SealBroken, OSError.
        """
        begun = await asyncio.to_thread(_begin, folder)
        done = Written()
        await self._tables(begun / "tables", done)
        for each in self.files:
            await self._files(each, begun / each.folder, done)
        await self._ledgers(begun / "ledgers", done)
        await asyncio.to_thread(self._about, begun, done)
        digest = await asyncio.to_thread(_sums, begun, done)
        await asyncio.to_thread(begun.rename, folder)
        return done, digest

    async def _tables(self, folder: Path, done: Written) -> None:
        async with self.db.engine.connect() as link, link.begin():
            await link.execute(text("set transaction isolation level repeatable read, read only"))
            await link.execute(_NAMED, {"actor": self.actor.id, "purpose": PURPOSE})
            for table in self.tables:
                if table.fullname not in LEFT_OUT:
                    done.rows[table.fullname] = await self._table(link, table, folder)
            for name in OF_OTHERS:
                done.rows[name] = await self._as_it_is(link, name, folder)

    async def _table(self, link: AsyncConnection, table: Table, folder: Path) -> int:
        keyring = installed()
        heads = [name_of(each) for each in columns_of(table)]
        query = select(table).order_by(*table.primary_key.columns)
        return await _rows(
            link,
            query,
            folder / table.fullname,
            heads=heads,
            said=lambda row: opened(table, row, keyring=keyring, box=self.box),
        )

    async def _as_it_is(self, link: AsyncConnection, name: str, folder: Path) -> int:
        schema, _, table = name.partition(".")
        found = await link.scalars(_COLUMNS, {"schema": schema, "table": table})
        heads = list(found)
        query = text(f"select {', '.join(heads)} from {name} order by 1, 2")  # noqa: S608 - constant names
        return await _rows(
            link,
            query,
            folder / name,
            heads=heads,
            said=lambda row: {key: plain(value) for key, value in row.items()},
        )

    async def _files(self, taken: FilesTaken, folder: Path, done: Written) -> None:
        after: uuid.UUID | None = None
        await asyncio.to_thread(folder.mkdir, mode=0o700)
        while True:
            async with self.db.read(self.actor, PURPOSE) as tx:
                found = await taken.load(tx, after, AT_ONCE)
            if not found:
                return
            if self.store is None:
                raise Unavailable("store_missing")
            for each in found:
                await asyncio.to_thread(_file, self.store, folder, each)
                done.files.append(each.path)
            after = found[-1].id

    async def _ledgers(self, folder: Path, done: Written) -> None:
        for name in ("access", "relay"):
            file = folder / f"{name}.ledger"
            try:
                await export_ledger(self.db, name, file)
                await asyncio.to_thread(file.chmod, 0o600)
            except NotFound:
                done.notes.append(f"The {name} ledger has no signed checkpoint yet.")

    def _about(self, folder: Path, done: Written) -> None:
        with _new_text(folder / "dictionary.csv") as sheet:
            csv.writer(sheet).writerows(dictionary_rows(self.tables))
        with _new_text(folder / "README.txt") as readme:
            readme.write(README)
            readme.write("".join(f"{each}\n" for each in done.notes))
        known = {"rows": done.rows, "files": len(done.files), "left_out": LEFT_OUT}
        with _new(folder / "manifest.json") as manifest:
            manifest.write(msgspec.json.format(msgspec.json.encode(known), indent=1) + b"\n")


async def _rows(
    link: AsyncConnection,
    query: Executable,
    path: Path,
    *,
    heads: Sequence[str],
    said: Callable[[dict[str, Any]], dict[str, Any]],
) -> int:
    """Write the rows of a query in both forms, a few in memory at a time; how many."""
    encode, count = msgspec.json.Encoder().encode, 0
    with (
        _new(path.with_name(f"{path.name}.jsonl")) as lines,
        _new_text(path.with_name(f"{path.name}.csv")) as sheet,
    ):
        writer = csv.writer(sheet)
        writer.writerow(heads)
        async with link.stream(query, execution_options={"yield_per": AT_ONCE}) as rows:
            async for row in rows.mappings():
                values = said(_named(row))
                lines.write(encode(values) + b"\n")
                writer.writerow(
                    cells(list(values.values()), encode=lambda each: encode(each).decode())
                )
                count += 1
    return count


def _named(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _begin(folder: Path) -> Path:
    """A new folder beside the wanted one; what an earlier run left there is gone. Raises: Conflict."""
    if folder.exists():
        raise Conflict("leaving_folder")
    begun = folder.with_name(folder.name + UNFINISHED)
    shutil.rmtree(begun, ignore_errors=True)
    for each in (begun, begun / "tables", begun / "ledgers"):
        each.mkdir(mode=0o700, parents=True)
    return begun


def _file(store: ObjectStore, folder: Path, each: FileTaken) -> None:
    target = folder / each.path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _new(target) as out:
        for piece in opened_object(
            store, each.name, size=each.size, key=each.key, first=0, last=each.size - 1
        ):
            out.write(piece)


def _new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _new_text(path: Path) -> TextIO:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")


def _sums(folder: Path, done: Written) -> str:
    """Write the list of all files with their hashes, as `sha256sum -c` reads it; the hash of the list."""
    listed = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{_hash(path)}  {path.relative_to(folder)}\n" for path in listed]
    done.files[:] = [str(path.relative_to(folder)) for path in listed]
    body = "".join(lines).encode()
    with _new(folder / SUMS) as out:
        out.write(body)
    return hashlib.sha256(body).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
