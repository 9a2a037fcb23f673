"""Fixtures for every package's tests: real clusters, and a migrated database for each test module.

A cluster of each plane is started once a session; each database is a copy of a migrated template,
so tests cannot see each other's rows.
"""

import asyncio
import itertools
import logging
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import structlog

from lmhg_gateway.feature_list import FEATURES as ONPREM
from lmhg_kit.persistence import Keyring, sealing
from lmhg_portal.feature_list import FEATURES as CLOUD
from lmhg_relay import migrate as relay_migrations
from lmhg_stack.bootstrap import ROLES, bootstrap
from lmhg_stack.ports import free_ports
from lmhg_stack.postgres import Postgres
from lmhg_stack.process import base_env, script, spawn, stop, wait_until

FEATURES = {"onprem": ONPREM, "cloud": CLOUD}
"""What each plane has and releases, as its processes know it from their start."""
PASSWORD = "test"  # noqa: S105 - of throw-away clusters on loopback
PREPARED = 4
"""Prepared transactions of a test cluster: what an outsider may leave in any cluster of a practice."""


@dataclass
class Cluster:
    """A running cluster of one plane with its migrated template."""

    server: Postgres
    password: str = PASSWORD
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def copy(self) -> "PlaneDatabase":
        """A fresh database with the plane's tables and wall."""
        name = f"t{next(self.numbers)}"
        like = "template lmhg owner lmhg_owner strategy file_copy"
        asyncio.run(self._run(f"create database {name} {like}"))
        return PlaneDatabase(self.server, name, self.password)

    def drop(self, database: "PlaneDatabase") -> None:
        """Remove a copy."""
        asyncio.run(self._run(f"drop database if exists {database.name} with (force)"))

    async def _run(self, sql: str) -> None:
        link = await asyncpg.connect(self.server.dsn(database="postgres"))
        try:
            await link.execute(sql)
        finally:
            await link.close()


@dataclass(frozen=True)
class PlaneDatabase:
    """One database of one plane, reachable as every role."""

    server: Postgres
    name: str
    role_password: str = PASSWORD

    def url(self, role: str) -> str:
        """The address for a role; `postgres` is the superuser."""
        password = self.server.password if role == "postgres" else self.role_password
        return self.server.dsn(role, password, database=self.name)

    async def run(
        self, sql: str, *values: object, role: str = "postgres"
    ) -> Sequence[asyncpg.Record]:
        """Rows of one statement, as a role in a connection of its own."""
        link = await asyncpg.connect(self.url(role))
        try:
            return await link.fetch(sql, *values)
        finally:
            await link.close()


def _start(folder: Path, plane: str, port: int) -> tuple[Postgres, subprocess.Popen[bytes]]:
    server = Postgres(
        folder=folder / plane,
        port=port,
        password=PASSWORD,
        plane=plane,
        max_prepared=PREPARED,
        is_kept=False,
    )
    server.prepare()
    process = spawn(server.command(), folder / f"{plane}.log")
    return server, process


def migrate_plane(server: Postgres, password: str = PASSWORD) -> None:
    """Roles, tables and wall of a plane, on a running cluster."""
    asyncio.run(bootstrap(server, dict.fromkeys(ROLES[server.plane], password)))
    url = server.dsn("lmhg_migrator", password)
    relay_migrations.upgrade(url)
    command = "lmhg-gateway" if server.plane == "onprem" else "lmhg-portal"
    env = {**base_env(), "LMHG_DATABASE_URL": url}
    subprocess.run([script(command), "migrate"], env=env, check=True)


@contextmanager
def logs_as_before() -> Iterator[None]:
    """What the block configures for logging, structlog's half and the standard one, ends with it."""
    was_configured, config = structlog.is_configured(), structlog.get_config()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    bound = structlog.contextvars.get_contextvars()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(**bound)
        if was_configured:
            structlog.configure(**config)
        else:
            structlog.reset_defaults()


@pytest.fixture(autouse=True)
def logs_of_one_test() -> Iterator[None]:
    """A command line run inside a test configures its process: no other test may notice."""
    with logs_as_before():
        yield


class Clusters(dict[str, Cluster]):
    """Each plane's cluster, started and migrated when a test first asks for it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._started: list[tuple[Postgres, subprocess.Popen[bytes]]] = []

    def __missing__(self, plane: str) -> Cluster:
        """Start it."""
        server, process = _start(self._folder, plane, free_ports(1)[0])
        self._started.append((server, process))
        wait_until(server.is_ready, server.name)
        migrate_plane(server)
        self[plane] = Cluster(server)
        return self[plane]

    def stop(self) -> None:
        """Stop and forget every one that was started."""
        for server, process in self._started:
            stop(process, sign=server.command().stop_signal)
            server.wipe()


@pytest.fixture(scope="session")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clusters]:
    """Both planes' clusters, for the whole session."""
    made = Clusters(tmp_path_factory.mktemp("clusters"))
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def onprem(clusters: Clusters) -> Iterator[PlaneDatabase]:
    """A fresh on-prem database for this module."""
    copy = clusters["onprem"].copy()
    yield copy
    clusters["onprem"].drop(copy)


@pytest.fixture(scope="module")
def cloud(clusters: Clusters) -> Iterator[PlaneDatabase]:
    """A fresh cloud database for this module."""
    copy = clusters["cloud"].copy()
    yield copy
    clusters["cloud"].drop(copy)


@pytest.fixture(scope="session", autouse=True)
def keyring() -> Keyring:
    """A keyring of this test run, installed for the process."""
    made = Keyring(current="t1", keys={"t1": os.urandom(32)}, index_key=os.urandom(32))
    sealing.install(made)
    return made


def migration_differences(database: PlaneDatabase) -> str:
    """What Alembic would still change to reach the models; empty when nothing."""
    package = "lmhg_gateway" if database.server.plane == "onprem" else "lmhg_portal"
    argv = [script("python"), "-m", "lmhg_kit.persistence.differences", f"{package}.database"]
    env = {**base_env(), "LMHG_DATABASE_URL": database.url("lmhg_migrator")}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()
