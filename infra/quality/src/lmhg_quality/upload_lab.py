"""A workspace whose serving process is killed at will, for strangers' clients and for measurements.

`python -m lmhg_quality.upload_lab` serves by the settings of its environment: a parent that has loaded all
opens the address and forks the process that serves; when that one dies, another is there at once, and its
id is said. What waits for a connection meanwhile is served by the next one.
"""

import asyncio
import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import uvicorn

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.app import workspace
from lmhg_gateway.features.uploads.public import Upload, spool_key
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.http.access import SESSION_COOKIE
from lmhg_kit.http.bounded import BoundedProtocol
from lmhg_kit.http.cookies import CookieJar
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.logs import configure
from lmhg_kit.persistence import Actor, Database, Keyring
from lmhg_kit.persistence.sealing import KEY_BYTES, install, installed
from lmhg_kit.settings import load, split_listen
from lmhg_stack.begin import workspace_sessions
from lmhg_stack.ports import LOOPBACK, free_ports
from lmhg_stack.process import base_env
from lmhg_stack.testing import PlaneDatabase

PERSON = "6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670002"
START_LIMIT_S = 60.0


def keyring_file(folder: Path) -> Path:
    """A keyring of its own, as a file."""
    key, index = (base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for _ in range(2))
    file = folder / "keyring.json"
    file.write_text(json.dumps({"current": "lab", "keys": {"lab": key}, "index": index}))
    return file


@dataclass
class UploadLab:
    """The serving process as its clients see it, and what it leaves on the disk."""

    url: str
    headers: dict[str, str]
    process: asyncio.subprocess.Process
    database: Database
    spool_folder: Path
    pid: int = 0

    async def next_pid(self) -> int:
        """The process that serves from now on."""
        if self.process.stdout is None:
            raise RuntimeError("lab_without_output")
        async with asyncio.timeout(START_LIMIT_S):
            line = await self.process.stdout.readline()
        self.pid = int(line)
        return self.pid

    async def kill(self) -> None:
        """Kill -9, and the next one serves."""
        os.kill(self.pid, signal.SIGKILL)
        await self.next_pid()

    async def held(self, upload_id: str) -> bytes:
        """What an upload has on the disk, opened."""
        async with self.database.read(Actor("process: worker"), "upload lab") as tx:
            upload = await tx.get(Upload, UUID(upload_id))
        if upload is None:
            raise LookupError(upload_id)
        with Spool(self.spool_folder).reading(spool_key(upload)) as source:
            return source.read()


def environment(database: PlaneDatabase, folder: Path, keyring: Path, port: int) -> dict[str, str]:
    """The settings of the serving process."""
    return {
        **base_env(),
        "LMHG_ENVIRONMENT": "development",
        "LMHG_SITE": "s1",
        "LMHG_DATABASE_URL": database.url("gw_workspace"),
        "LMHG_LISTEN": f"{LOOPBACK}:{port}",
        "LMHG_METRICS_LISTEN": f"{LOOPBACK}:0",
        "LMHG_APPROVED_NETWORKS": "127.0.0.0/8",
        "LMHG_PUBLIC_URL": f"http://{LOOPBACK}:{port}",
        "LMHG_IDENTITY_URL": "http://id.test",
        "LMHG_KEYRING_FILE": str(keyring),
        "LMHG_SPOOL_FOLDER": str(folder / "uploads"),
        "LMHG_DOCUMENT_MAX_MB": "4096",
        "LMHG_LOG_LEVEL": "error",
    }


async def session_headers(database: PlaneDatabase) -> dict[str, str]:
    """A front desk's session as a client without cookies of its own sends it."""
    context = "perform set_config('app.actor', 'lab', true), set_config('app.purpose', 'lab', true)"
    account = (
        "insert into identity.user_account (id, email, display_name, roles)"  # noqa: S608 - an invented person
        f" values ('{PERSON}', 'desk@lmhg.test', 'Desk Person', '{{front_desk}}') on conflict do nothing"
    )
    await database.run(f"do $$ begin {context}; {account}; end $$")
    token = await workspace_sessions(database).begin(
        PERSON, display_name="Desk Person", roles=frozenset({"front_desk"}), replaces=None
    )
    cookie = f"{CookieJar('workspace', production=False).name(SESSION_COOKIE)}={token}"
    return {"cookie": cookie, "x-csrf-token": csrf_token(token)}


@asynccontextmanager
async def upload_lab(
    database: PlaneDatabase,
    folder: Path,
    *,
    most_mb: int = 4096,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[UploadLab]:
    """Serve one database for the length of the block, under a keyring of its own, by more settings if given."""
    [port], before = free_ports(1), installed()
    keyring = keyring_file(folder)
    install(Keyring.from_file(keyring))
    limit = {"LMHG_DOCUMENT_MAX_MB": str(most_mb), **(more or {})}
    env = environment(database, folder, keyring, port) | limit
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lmhg_quality.upload_lab", env=env, stdout=subprocess.PIPE
    )
    db = Database(database.url("gw_worker"), pool_size=1)
    headers = await session_headers(database)
    spool = folder / "uploads"
    lab = UploadLab(f"http://{LOOPBACK}:{port}", headers, process, db, spool)
    try:
        await lab.next_pid()
        yield lab
    finally:
        process.terminate()
        await process.wait()
        await db.close()
        install(before)


def _serve(app: object, listening: socket.socket) -> None:
    config = uvicorn.Config(
        app,  # pyright: ignore[reportArgumentType] - an ASGI app of ours
        http=BoundedProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        ws="none",
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


def main() -> int:
    """Keep a process serving until told to stop."""
    settings = load(WorkspaceSettings, os.environ)
    configure(process="workspace", level=settings.log_level)
    install(Keyring.from_file(settings.keyring_file))
    app = workspace.build(settings, Database(settings.database_url, pool_size=4))
    host, port = split_listen(settings.listen)
    listening = socket.create_server((host, port), backlog=128)
    while True:
        child = os.fork()
        if not child:
            _serve(app, listening)
            os._exit(0)
        signal.signal(signal.SIGTERM, lambda *_, child=child: (os.kill(child, 9), os._exit(0)))
        print(child, flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    sys.exit(main())
