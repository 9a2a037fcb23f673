"""The canary sweep: looks for tokens of invented clients where no client information may be.

A place is a stream of (where exactly, bytes). What comes out are counts: how much was looked at in
each place, and in which tables or files how many tokens were found, never the tokens.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import urllib3
from minio import Minio
from minio.error import MinioException

from lmhg_gateway.adapters.needles import Needles
from lmhg_kit.errors import LmhgError

ROWS_A_FETCH = 1000
PAGE_TIMEOUT_S = 5
STORE_RETRIES = 2

Place = AsyncIterator[tuple[str, bytes]]
_FAILURES = (
    OSError,
    ValueError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    httpx.HTTPError,
    MinioException,
    urllib3.exceptions.HTTPError,
)


class Unreachable(LmhgError):
    """A place could not be looked at, so there is no sweep: one that saw less would look clean."""

    code = "sweep_place_unreachable"

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__()


@dataclass
class Looked:
    """What was looked at in one place, and what was found."""

    items: int = 0
    size: int = 0
    findings: list[str] = field(default_factory=list[str])
    where: dict[str, int] = field(default_factory=dict[str, int])
    """Table or file to how many tokens stood in it."""


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
        """For developers: one line a place, then the findings with their tokens."""
        for name, looked in self.places.items():
            yield line_of(name, looked.items, looked.size, len(looked.findings))
        for name, looked in self.places.items():
            yield from (f"  {name}: {finding}" for finding in looked.findings)


def line_of(name: str, items: int, size: int, found: int) -> str:
    """What was looked at in one place, without any token."""
    verdict = f"{found} FOUND" if found else "clean"
    return f"{name:<15} {items:>7} items {size / 1e6:>9.2f} MB  {verdict}"


async def look_everywhere(
    tokens: Iterable[str], places: Mapping[str, Callable[[], Place]]
) -> Report:
    """Look for these tokens in these places. Raises: Unreachable; ValueError for a short token."""
    needles = Needles(tokens)
    looked: dict[str, Looked] = {}
    for name, make in places.items():
        try:
            looked[name] = await _look(make(), needles)
        except _FAILURES:
            raise Unreachable(name) from None
    return Report(needles.count, looked)


async def _look(place: Place, needles: Needles) -> Looked:
    looked = Looked()
    async for where, content in place:
        looked.items += 1
        looked.size += len(content)
        found = sorted(needles.find(content))
        looked.findings.extend(f"{token} in {where}" for token in found)
        if found:
            looked.where[where] = looked.where.get(where, 0) + len(found)
    return looked


async def database(dsn: str) -> Place:
    """Every row of every table, each column as its bytes or its text.

    A table that this login may not read fails: what nobody looked at is not clean.
    """
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
        r"""
        SELECT s.nspname AS table_schema, c.relname AS table_name,
               array_agg(quote_ident(a.attname)
                         || CASE WHEN a.atttypid = 'bytea'::regtype THEN '' ELSE '::text' END) AS columns
        FROM pg_class c
        JOIN pg_namespace s ON s.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind = 'r' AND s.nspname <> 'information_schema' AND s.nspname NOT LIKE 'pg\_%'
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


async def pages(addresses: Mapping[str, str]) -> Place:
    """What these addresses answer."""
    async with httpx.AsyncClient(timeout=PAGE_TIMEOUT_S) as client:
        for name, address in addresses.items():
            answer = await client.get(address)
            yield name, answer.content


async def bucket(address: str, secret_key: str) -> Place:
    """Every object of a bucket, its name and its bytes: https://access-key@host/bucket."""
    name = urlsplit(address).path.strip("/")
    with store_client(address, secret_key) as client:
        for found in client.list_objects(name, recursive=True):
            key = found.object_name or ""
            answer = client.get_object(name, key)
            try:
                yield key, key.encode() + b"\n" + answer.read()
            finally:
                answer.close()
                answer.release_conn()


@contextlib.contextmanager
def store_client(address: str, secret_key: str) -> Iterator[Minio]:
    """A client of an object store; what it opened is closed at the end."""
    parts = urlsplit(address)
    with urllib3.PoolManager(retries=urllib3.Retry(STORE_RETRIES, backoff_factor=0.2)) as pool:
        yield Minio(
            parts.netloc.rpartition("@")[2],
            access_key=parts.username,
            secret_key=secret_key,
            secure=parts.scheme == "https",
            http_client=pool,
        )
