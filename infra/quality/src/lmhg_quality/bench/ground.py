"""What a measurement is on: a migrated on-prem cluster of its own, and the machine's size."""

import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from ipaddress import ip_network
from pathlib import Path

import psutil

from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.settings import Environment
from lmhg_stack.ports import free_ports
from lmhg_stack.postgres import Postgres
from lmhg_stack.process import spawn, stop, wait_until
from lmhg_stack.testing import Cluster, PlaneDatabase, migrate_plane

PASSWORD = "bench"  # noqa: S105 - of a throw-away cluster on loopback
OFFICER = "6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670001"


@contextmanager
def plane_database(plane: str) -> Iterator[PlaneDatabase]:
    """A fresh database of one plane on a cluster of its own; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lmhg-bench-") as name:
        folder = Path(name)
        server = Postgres(
            folder=folder / plane, port=free_ports(1)[0], password=PASSWORD, plane=plane
        )
        server.prepare()
        process = spawn(server.command(), folder / "postgres.log")
        try:
            wait_until(server.is_ready, server.name)
            migrate_plane(server, PASSWORD)
            yield Cluster(server, PASSWORD).copy()
        finally:
            stop(process, sign=server.command().stop_signal)
            server.wipe()


def onprem_database() -> AbstractContextManager[PlaneDatabase]:
    """A fresh gateway database."""
    return plane_database("onprem")


def workspace_settings(zone: str, *, keys: Path | None = None) -> WorkspaceSettings:
    """The workspace as a measurement asks it, in its own process."""
    return WorkspaceSettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        approved_networks=(ip_network("127.0.0.0/8"),),
        public_url="http://work.test",
        identity_url="http://id.test",
        keyring_file=Path("unused"),
        peer_ledger_keys_file=keys,
        timezone=zone,
    )


async def add_officer(database: PlaneDatabase) -> None:
    """The account of a compliance officer, who may open every page of the console."""
    act = "perform set_config('app.actor', 'bench', true), set_config('app.purpose', 'bench', true)"
    statement = (
        "insert into identity.user_account (id, email, display_name, roles)"  # noqa: S608 - an invented person
        f" values ('{OFFICER}', 'officer@lmhg.test', 'Officer', '{{compliance}}')"
    )
    await database.run(f"do $$ begin {act}; {statement}; end $$")


def machine() -> str:
    """The machine in one line."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
