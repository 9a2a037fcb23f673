"""Two halves over real PostgreSQL and NATS, with hands to break them."""

import asyncio
import contextlib
import json
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nats
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from lmhg_contracts.ledger.checkpoint import NoteSigner
from lmhg_relay.loop import Runner
from lmhg_relay.migrate import upgrade
from lmhg_relay.observe import Metrics
from lmhg_relay.provision import provision
from lmhg_relay.settings import NatsSettings, Settings, read_settings
from lmhg_stack.nats import USERS, Nats
from lmhg_stack.ports import free_ports
from lmhg_stack.process import base_env, script, spawn, stop, wait_until
from lmhg_stack.testing import Cluster, PlaneDatabase

PLANES = ("onprem", "cloud")
PEER = {"onprem": "cloud", "cloud": "onprem"}
WORD = "word"
WAIT_S = 20.0


class Broker:
    """A NATS server that can be killed and wiped."""

    def __init__(self, folder: Path) -> None:
        port, monitor = free_ports(2)
        words: dict[str, str] = dict.fromkeys(USERS, WORD)
        self.server = Nats(folder=folder, port=port, monitor_port=monitor, passwords=words)
        self.log = folder / "nats.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.server.prepare()
        self.process = spawn(self.server.command(), self.log)
        wait_until(self.server.is_ready, "nats")

    def kill(self, *, wipe: bool) -> None:
        """End it without a word, and perhaps take its store."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if wipe:
            self.server.wipe()

    async def provision(self) -> None:
        """Streams and consumers, by the credential that may."""
        await provision("s1", NatsSettings(url=self.server.url, user="provision", password=WORD))


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One broker for the session."""
    made = Broker(tmp_path_factory.mktemp("broker"))
    made.start()
    yield made
    if made.process is not None:
        stop(made.process)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of both halves."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "password").write_text(WORD)
    for plane in PLANES:
        for name in ("relay", "ledger"):
            key = Ed25519PrivateKey.generate()
            private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            (folder / f"{plane}-{name}.pem").write_bytes(private)
            (folder / f"{plane}-{name}.pub.pem").write_bytes(public)
            if name == "ledger":
                (folder / f"{plane}.vkey").write_text(NoteSigner(f"lmhg-s1-{plane}", key).vkey)
    return folder


@dataclass
class Rig:
    """Both planes' databases, the broker, and the halves that run now."""

    databases: dict[str, PlaneDatabase]
    broker: Broker
    keys: Path
    running: dict[str, tuple[asyncio.Event, "asyncio.Task[None]"]] = field(default_factory=dict)
    metrics: dict[str, Metrics] = field(default_factory=dict)
    exemption: uuid.UUID = field(default_factory=uuid.uuid4)

    def environment(self, plane: str, **changes: str) -> dict[str, str]:
        """The settings of one half, as its process reads them."""
        values = {
            "PLANE": plane,
            "SITE": "s1",
            "DATABASE_URL": self.databases[plane].url("relay"),
            "NATS_URL": self.broker.server.url,
            "NATS_USER": plane,
            "NATS_PASSWORD_FILE": str(self.keys / "password"),
            "RELAY_SIGNING_KEY_FILE": str(self.keys / f"{plane}-relay.pem"),
            "RELAY_PEER_KEY_FILE": str(self.keys / f"{PEER[plane]}-relay.pub.pem"),
            "LEDGER_SIGNING_KEY_FILE": str(self.keys / f"{plane}-ledger.pem"),
            "PEER_LEDGER_KEYS_FILE": str(self.keys / f"{PEER[plane]}.vkey"),
            "RECEIPT_TIMEOUT_MS": "300",
            **changes,
        }
        return {f"LMHG_{name}": value for name, value in values.items()}

    def settings(self, plane: str, **changes: str) -> Settings:
        """The same, read."""
        return read_settings(self.environment(plane, **changes))

    def start(self, *planes: str, **changes: str) -> None:
        """Run halves in this process."""
        for plane in planes or PLANES:
            self.metrics[plane] = Metrics()
            runner = Runner(self.settings(plane, **changes), metrics=self.metrics[plane])
            end = asyncio.Event()
            self.running[plane] = (end, asyncio.create_task(runner.run(end)))

    def spawn(self, plane: str) -> subprocess.Popen[bytes]:
        """Run a half as a process of its own."""
        env = {**base_env(), **self.environment(plane)}
        return subprocess.Popen([script("lmhg-relay"), "run"], env=env, stderr=subprocess.DEVNULL)

    async def stop(self, *planes: str) -> None:
        """Stop halves cleanly."""
        for plane in planes or tuple(self.running):
            end, task = self.running.pop(plane)
            end.set()
            async with asyncio.timeout(5):
                await task

    async def onprem(self, sql: str, *values: object) -> list[dict[str, object]]:
        """Rows of the on-prem database, as its administrator."""
        return [dict(row) for row in await self.databases["onprem"].run(sql, *values)]

    async def cloud(self, sql: str, *values: object) -> list[dict[str, object]]:
        """Rows of the cloud database, as its administrator."""
        return [dict(row) for row in await self.databases["cloud"].run(sql, *values)]

    async def put(
        self,
        *,
        kind: str = "calendar_block",
        record_id: uuid.UUID | None = None,
        version: int = 1,
        body: str | None = None,
        exemption: uuid.UUID | None = None,
        verdict: str | None = "clear",
    ) -> uuid.UUID:
        """One outbox row with its verdict, as the release trigger and the screener write them."""
        name = record_id or uuid.uuid4()
        if verdict is not None:
            await self.onprem(
                "INSERT INTO relay.verdict (kind, record_id, version, outcome) "
                "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                *(kind, name, version, verdict),
            )
        await self.onprem(
            "INSERT INTO relay.outbox (kind, record_id, version, op, body, exemption_id) "
            "VALUES ($1, $2, $3, 'put', $4, $5)",
            *(kind, name, version, body or block(), exemption or self.exemption),
        )
        return name

    async def recall(
        self, record_id: uuid.UUID, *, version: int = 2, kind: str = "calendar_block"
    ) -> None:
        """A recall, as the release trigger writes it."""
        await self.onprem(
            "INSERT INTO relay.outbox (kind, record_id, version, op) VALUES ($1, $2, $3, 'recall')",
            *(kind, record_id, version),
        )

    async def held(self) -> dict[object, dict[str, object]]:
        """The cloud's replica by record id."""
        return {row["record_id"]: row for row in await self.cloud("SELECT * FROM replica.record")}

    async def decisions(self, plane: str = "onprem") -> list[dict[str, object]]:
        """The ledger's entries, read."""
        rows = await self.databases[plane].run("SELECT entry FROM relay.ledger ORDER BY n")
        return [json.loads(row["entry"]) for row in rows]

    async def alarms(self, plane: str) -> set[object]:
        """Codes of the alarms raised on a plane."""
        rows = await self.databases[plane].run("SELECT code FROM relay.alarm")
        return {row["code"] for row in rows}

    async def is_settled(self) -> bool:
        """Whether everything is decided and receipted."""
        found = await self.onprem(
            "SELECT NOT EXISTS (SELECT FROM relay.outbox) AND "
            "NOT EXISTS (SELECT FROM relay.batch WHERE closed_at IS NULL) AS yes"
        )
        return bool(found[0]["yes"])

    async def until(
        self, is_so: Callable[[], Awaitable[object]], what: str = "it", *, wait_s: float = WAIT_S
    ) -> None:
        """Wait for something to become true. Raises: AssertionError after a while."""
        end = time.monotonic() + wait_s
        while not await is_so():
            assert time.monotonic() < end, f"{what} did not happen"
            await asyncio.sleep(0.02)  # between two looks at another process; the end is above

    async def client(self, plane: str) -> Client:
        """A connection to the broker with a half's own credential."""
        return await nats.connect(self.broker.server.url, user=plane, password=WORD)


def block() -> str:
    """The body of a calendar block."""
    return json.dumps(
        {
            "busy": "busy",
            "clinician_id": "6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670001",
            "ends_at": "2026-01-02T04:04:05Z",
            "kind": "calendar_block",
            "starts_at": "2026-01-02T03:04:05Z",
        }
    )


@pytest.fixture(scope="session")
def templates(clusters: dict[str, Cluster]) -> dict[str, Cluster]:
    """A database of each plane with the relay's schemas alone: no wall, no feature."""
    for cluster in (clusters[plane] for plane in PLANES):
        database = PlaneDatabase(cluster.server, "relay_only")
        for statement in (
            "CREATE DATABASE relay_only OWNER lmhg_owner",
            "GRANT CONNECT ON DATABASE relay_only TO relay",
        ):
            asyncio.run(_administer(cluster, statement))
        upgrade(database.url("lmhg_migrator"))
    return clusters


async def _administer(cluster: Cluster, statement: str) -> None:
    await PlaneDatabase(cluster.server, "postgres").run(statement)


@pytest.fixture
def planes(templates: dict[str, Cluster]) -> Iterator[dict[str, PlaneDatabase]]:
    """Fresh databases of both planes for one test."""
    copies = {
        plane: PlaneDatabase(templates[plane].server, f"r{uuid.uuid4().hex}") for plane in PLANES
    }
    for plane, copy in copies.items():
        create = f"CREATE DATABASE {copy.name} TEMPLATE relay_only OWNER lmhg_owner"
        asyncio.run(_administer(templates[plane], create))
    yield copies
    for plane, copy in copies.items():
        asyncio.run(_administer(templates[plane], f"DROP DATABASE {copy.name} WITH (FORCE)"))


@pytest.fixture
async def rig(planes: dict[str, PlaneDatabase], broker: Broker, keys: Path) -> AsyncIterator[Rig]:
    """Empty planes, an empty broker and a standing approval; halves are started by the test."""
    admin = await nats.connect(broker.server.url, user="provision", password=WORD)
    js = admin.jetstream()
    for name in ("LMHG_s1_down", "LMHG_s1_up"):
        with contextlib.suppress(NotFoundError):
            await js.delete_stream(name)
    await admin.close()
    await broker.provision()
    made = Rig(planes, broker, keys)
    await made.onprem(
        "INSERT INTO relay.exemption (id, kind, requested_by, approved_by) "
        "VALUES ($1, 'calendar_block', 'a', 'b')",
        made.exemption,
    )
    yield made
    await made.stop()
