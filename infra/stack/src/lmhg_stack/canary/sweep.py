"""The sweep: looks for canary tokens everywhere outside the wall, and says how much it looked at.

Places: the cloud database (every column of every table), the broker's files, the cloud's bucket,
the log of every process, the metrics pages, the mails.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import urllib3
from minio import Minio

from lmhg_stack.canary.needles import Needles

CHUNK = 1 << 20
ROWS_A_FETCH = 1000

# A place is a stream of (where exactly, bytes).
Place = AsyncIterator[tuple[str, bytes]]


@dataclass
class Looked:
    """What was looked at in one place, and what was found."""

    items: int = 0
    size: int = 0
    findings: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Report:
    """One sweep."""

    tokens: int
    places: Mapping[str, Looked]

    @property
    def is_clean(self) -> bool:
        """Whether no token is where none may be."""
        return not any(looked.findings for looked in self.places.values())

    def lines(self) -> Iterable[str]:
        """For people: one line a place, then the findings."""
        for name, looked in self.places.items():
            verdict = f"{len(looked.findings)} FOUND" if looked.findings else "clean"
            yield f"{name:<15} {looked.items:>7} items {looked.size / 1e6:>9.2f} MB  {verdict}"
        for name, looked in self.places.items():
            yield from (f"  {name}: {finding}" for finding in looked.findings)


async def sweep(facts: Mapping[str, Any], tokens: Iterable[str]) -> Report:
    """Look everywhere for these tokens; `facts` is what stack.json says."""
    needles = Needles(tokens)
    places: dict[str, Callable[[], Place]] = {
        "cloud database": lambda: database(facts["databases"]["cloud"]["superuser"]),
        "broker": lambda: files(Path(facts["folders"]["nats_store"])),
        "cloud bucket": lambda: bucket(facts, "cloud"),
        "logs": lambda: files(Path(facts["folders"]["logs"])),
        "metrics": lambda: pages(facts["metrics"]),
        "mail": lambda: files(Path(facts["folders"]["mail"])),
    }
    return Report(
        needles.count, {name: await _look(make(), needles) for name, make in places.items()}
    )


async def _look(place: Place, needles: Needles) -> Looked:
    looked = Looked()
    async for where, content in place:
        looked.items += 1
        looked.size += len(content)
        looked.findings.extend(f"{token} in {where}" for token in sorted(needles.find(content)))
    return looked


async def database(dsn: str) -> Place:
    """Every row of every table, each column as its bytes or its text."""
    connection = await asyncpg.connect(dsn)
    try:
        for schema, table, columns in await _tables(connection):
            listed = ", ".join(columns)
            query = f'SELECT {listed} FROM "{schema}"."{table}"'  # noqa: S608 - names from the catalogue
            async with connection.transaction(readonly=True):
                async for row in connection.cursor(query, prefetch=ROWS_A_FETCH):
                    yield f"{schema}.{table}", b"\n".join(map(_bytes_of, row.values()))
    finally:
        await connection.close()


async def _tables(connection: asyncpg.Connection) -> list[tuple[str, str, list[str]]]:
    rows = await connection.fetch(
        """
        SELECT c.table_schema, c.table_name,
               array_agg(quote_ident(c.column_name)
                         || CASE WHEN c.data_type = 'bytea' THEN '' ELSE '::text' END) AS columns
        FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE t.table_type = 'BASE TABLE'
          AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
        GROUP BY 1, 2 ORDER BY 1, 2
        """
    )
    return [(row["table_schema"], row["table_name"], row["columns"]) for row in rows]


def _bytes_of(value: str | bytes | None) -> bytes:
    if value is None:
        return b""
    return value if isinstance(value, bytes) else value.encode()


async def files(folder: Path) -> Place:
    """Every file below a folder."""
    for found in _read_all(folder):
        yield found


def _read_all(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        with contextlib.suppress(FileNotFoundError):  # one that goes away meanwhile is gone
            yield str(file.relative_to(folder)), file.read_bytes()


async def bucket(facts: Mapping[str, Any], plane: str) -> Place:
    """Every object of a plane's bucket, its name and its bytes."""
    name = facts["buckets"][plane]["bucket"]
    with store_client(facts, plane) as client:
        for found in client.list_objects(name, recursive=True):
            key = found.object_name or ""
            answer = client.get_object(name, key)
            try:
                yield key, key.encode() + b"\n" + answer.read()
            finally:
                answer.close()
                answer.release_conn()


@contextlib.contextmanager
def store_client(facts: Mapping[str, Any], plane: str) -> Iterator[Minio]:
    """A client of one plane's object store, with that plane's credential."""
    access = facts["buckets"][plane]
    with urllib3.PoolManager() as pool:
        yield Minio(
            facts["addresses"][f"s3_{plane}"].removeprefix("http://"),
            access_key=access["access_key"],
            secret_key=Path(access["secret_key_file"]).read_text().strip(),
            secure=False,
            http_client=pool,
        )


async def pages(addresses: Mapping[str, str]) -> Place:
    """Every process's metrics page."""
    async with httpx.AsyncClient(timeout=5) as client:
        for name, address in addresses.items():
            answer = await client.get(f"{address}/metrics")
            yield name, answer.content
