"""Private servers and both halves of the relay, for measuring."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from lmhg_contracts.ledger.checkpoint import NoteSigner
from lmhg_relay.migrate import upgrade
from lmhg_relay.provision import provision
from lmhg_relay.settings import NatsSettings
from lmhg_stack.bootstrap import ROLES, bootstrap
from lmhg_stack.nats import USERS, Nats
from lmhg_stack.ports import free_ports
from lmhg_stack.postgres import Postgres
from lmhg_stack.process import running, script

PASSWORD = "bench"  # noqa: S105 - of throw-away servers on loopback
PLANES = ("onprem", "cloud")
PEER = {"onprem": "cloud", "cloud": "onprem"}
SITE = "s1"


@dataclass
class Rig:
    """Two clusters, a broker, and the halves that are running."""

    folder: Path
    servers: dict[str, Postgres]
    nats: Nats
    halves: dict[str, subprocess.Popen[bytes]] = field(
        default_factory=dict[str, "subprocess.Popen[bytes]"]
    )

    def url(self, plane: str, role: str = "postgres") -> str:
        """The address of a plane's database for a role."""
        return self.servers[plane].dsn(role, PASSWORD)

    def environment(self, plane: str) -> dict[str, str]:
        """The settings of one half."""
        keys = self.folder / "keys"
        return {
            "LMHG_PLANE": plane,
            "LMHG_SITE": SITE,
            "LMHG_DATABASE_URL": self.url(plane, "relay"),
            "LMHG_NATS_URL": self.nats.url,
            "LMHG_NATS_USER": plane,
            "LMHG_NATS_PASSWORD_FILE": str(keys / "password"),
            "LMHG_RELAY_SIGNING_KEY_FILE": str(keys / f"{plane}-relay.pem"),
            "LMHG_RELAY_PEER_KEY_FILE": str(keys / f"{PEER[plane]}-relay.pub.pem"),
            "LMHG_LEDGER_SIGNING_KEY_FILE": str(keys / f"{plane}-ledger.pem"),
            "LMHG_PEER_LEDGER_KEYS_FILE": str(keys / f"{PEER[plane]}.vkey"),
        }

    def start(self, *planes: str) -> None:
        """Start halves."""
        for plane in planes or PLANES:
            with (self.folder / f"relay-{plane}.log").open("ab") as log:
                self.halves[plane] = subprocess.Popen(  # noqa: S603 - our own console script
                    [script("lmhg-relay"), "run"],
                    env={**os.environ, **self.environment(plane)},
                    stderr=log,
                )

    def stop(self, *planes: str) -> None:
        """Stop halves."""
        for plane in planes or tuple(self.halves):
            half = self.halves.pop(plane)
            half.terminate()
            half.wait(10)

    def memory_mb(self, plane: str) -> float:
        """Resident memory of a half."""
        return psutil.Process(self.halves[plane].pid).memory_info().rss / 1e6


def _keys(folder: Path) -> None:
    folder.mkdir()
    (folder / "password").write_text(PASSWORD)
    for plane in PLANES:
        for name in ("relay", "ledger"):
            key = Ed25519PrivateKey.generate()
            (folder / f"{plane}-{name}.pem").write_bytes(
                key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            )
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            (folder / f"{plane}-{name}.pub.pem").write_bytes(public)
            if name == "ledger":
                vkey = NoteSigner(f"lmhg-{SITE}-{plane}", key).vkey
                (folder / f"{plane}.vkey").write_text(vkey)


@contextmanager
def rig(folder: Path) -> Iterator[Rig]:
    """Everything up, migrated and provisioned; nothing left behind."""
    folder.chmod(0o755)
    ports = free_ports(4)
    servers = {
        plane: Postgres(folder=folder / plane, port=port, password=PASSWORD, plane=plane)
        for plane, port in zip(PLANES, ports[:2], strict=True)
    }
    nats = Nats(
        folder=folder / "nats",
        port=ports[2],
        monitor_port=ports[3],
        passwords=dict.fromkeys(USERS, PASSWORD),
    )
    _keys(folder / "keys")
    with ExitStack() as stack:
        for server in (*servers.values(), nats):
            stack.enter_context(running(server, logs=folder))
        for plane, server in servers.items():
            asyncio.run(bootstrap(server, dict.fromkeys(ROLES[plane], PASSWORD)))
            upgrade(server.dsn("lmhg_migrator", PASSWORD))
        admin = NatsSettings(url=nats.url, user="provision", password=PASSWORD)
        asyncio.run(provision(SITE, admin))
        made = Rig(folder, servers, nats)
        try:
            yield made
        finally:
            made.stop()
            for server in servers.values():
                server.wipe()
