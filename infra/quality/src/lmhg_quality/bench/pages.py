"""Six pages beside the specification's list page: one process each, by turns, in one run.

Ours have a session, an audit event and sealed columns; theirs has none of the three.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lmhg_kit.persistence import Database, Keyring, sealing
from lmhg_quality.bench import practice, theirs
from lmhg_quality.bench.ground import plane_database
from lmhg_quality.bench.load import Target, beside
from lmhg_stack.keys import new_keyring
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import Command, script, spawn, stop, wait_until
from lmhg_stack.testing import PlaneDatabase

SECONDS, ROUNDS = 3.0, 5
PAGES = {
    "home": ("workspace", "front_desk", "/"),
    "clients": ("workspace", "front_desk", "/clients"),
    "referrals": ("workspace", "front_desk", "/referrals"),
    "appointments": ("workspace", "front_desk", "/appointments"),
    "tickets": ("portal", "it_support", "/tickets"),
    "ledger": ("workspace", "compliance", "/compliance/ledger"),
}


@contextmanager
def served(name: str, program: str, folder: Path, env: dict[str, str]) -> Iterator[int]:
    """A process of ours at an address of its own; its port."""
    port, metrics = free_ports(2)
    common = {
        "LMHG_ENVIRONMENT": "development",
        "LMHG_SITE": "s1",
        "LMHG_LISTEN": f"{LOOPBACK}:{port}",
        "LMHG_METRICS_LISTEN": f"{LOOPBACK}:{metrics}",
        "LMHG_PUBLIC_URL": f"http://{LOOPBACK}:{port}",
        "LMHG_TIMEZONE": "America/Kentucky/Louisville",
    }
    command = Command(name=name, argv=(script(program), name), env={**common, **env})
    process = spawn(command, folder / f"{name}.log")
    try:
        wait_until(lambda: theirs.answers(f"http://{LOOPBACK}:{metrics}/health/ready"), name)
        yield port
    finally:
        stop(process)


@contextmanager
def workspace(folder: Path, database: PlaneDatabase) -> Iterator[int]:
    """The workspace over a practice's rows; its port."""
    ring = folder / "keyring.json"
    ring.write_text(new_keyring())
    sealing.install(Keyring.from_file(ring))
    asyncio.run(_fill(database))
    env = {
        "LMHG_DATABASE_URL": database.url("gw_workspace"),
        "LMHG_IDENTITY_URL": f"http://{LOOPBACK}:1",
        "LMHG_KEYRING_FILE": str(ring),
        "LMHG_APPROVED_NETWORKS": "127.0.0.0/8",
    }
    with served("workspace", "lmhg-gateway", folder, env) as port:
        yield port


async def _fill(database: PlaneDatabase) -> None:
    db = Database(database.url("gw_worker"), pool_size=1)
    try:
        await practice.fill_onprem(database, db)
    finally:
        await db.close()


@contextmanager
def portal(folder: Path, database: PlaneDatabase) -> Iterator[int]:
    """The portal over a queue of tickets; its port."""
    asyncio.run(practice.fill_cloud(database))
    secret = folder / "client.secret"
    secret.write_text("bench\n")
    env = {
        "LMHG_DATABASE_URL": database.url("po_portal"),
        "LMHG_ISSUER_URL": f"http://{LOOPBACK}:1",
        "LMHG_CLIENT_SECRET_FILE": str(secret),
    }
    with served("portal", "lmhg-portal", folder, env) as port:
        yield port


def target(name: str, ports: dict[str, int], tokens: dict[str, str]) -> Target:
    """One of our pages, asked as someone who is signed in."""
    app, role, path = PAGES[name]
    request = (
        f"GET {path} HTTP/1.1\r\nhost: {LOOPBACK}:{ports[app]}\r\n"
        f"cookie: lmhg_{app}_session={tokens[role]}\r\n\r\n"
    )
    return Target(name, ports[app], request.encode())


@contextmanager
def our_pages() -> Iterator[tuple[PlaneDatabase, dict[str, Target]]]:
    """The on-prem database, and our six pages, served."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lmhg-bench-")))
        onprem = stack.enter_context(plane_database("onprem"))
        cloud = stack.enter_context(plane_database("cloud"))
        ports = {
            "workspace": stack.enter_context(workspace(folder, onprem)),
            "portal": stack.enter_context(portal(folder, cloud)),
        }
        tokens = {
            role: asyncio.run(practice.workspace_token(onprem, role)) for role in practice.PEOPLE
        }
        tokens["it_support"] = asyncio.run(practice.portal_token(cloud))
        yield onprem, {name: target(name, ports, tokens) for name in PAGES}


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    with our_pages() as (onprem, pages):
        url = asyncio.run(theirs.prepare(onprem.server))
        with theirs.running("pages:app", url) as port:
            request = f"GET /clients HTTP/1.1\r\nhost: {LOOPBACK}:{port}\r\n\r\n"
            their = Target("theirs", port, request.encode())
            for row in beside(their, pages.values(), seconds=SECONDS, rounds=ROUNDS):
                yield f"{row.name}, beside the specification's list page", row.line
