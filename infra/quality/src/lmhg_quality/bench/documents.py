"""Documents: what a gigabyte costs the web process, and what kill -9 loses.

The workspace is the real process. The kill test sends files over a bare connection, kills the serving process
after a random number of bytes has left, asks how far the next one is, and goes on; the file that is opened
from the disk at its end has to be the one that was sent.
"""

import asyncio
import hashlib
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
import psutil

from lmhg_gateway.adapters.object_store import store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.filing import Filing
from lmhg_gateway.kernel.settings import WorkerSettings
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.persistence.sealing import install
from lmhg_kit.settings import load
from lmhg_quality.bench.ground import onprem_database
from lmhg_quality.upload_lab import (
    UploadLab,
    environment,
    keyring_file,
    session_headers,
    upload_lab,
)
from lmhg_stack.ports import S3_PORTS, free_ports
from lmhg_stack.probe import status_of
from lmhg_stack.process import Command, base_env, running, script, spawn, stop, wait_until
from lmhg_stack.s3 import S3
from lmhg_stack.testing import PlaneDatabase

PATH = "/api/v1/uploads"
BYTES = {"tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream"}
SIZE = 1024 * 1024 * 1024
PIECE = 64 * 1024 * 1024
LOOK_EVERY_S = 0.02
KILLS = int(os.environ.get("LMHG_BENCH_KILLS", "300"))
KILL_FILE = 3_000_000
CLIENT = "00000000-0000-4000-8000-00000000d0c5"
HEAD = b"%PDF-1.4\n"


def measure() -> Iterator[tuple[str, str]]:
    """(what, figure) rows."""
    with (
        tempfile.TemporaryDirectory(prefix="lmhg-documents-") as name,
        onprem_database() as database,
    ):
        folder = Path(name)
        yield from asyncio.run(_large(database, folder))
        yield from asyncio.run(_killed(database, folder))


class Memory:
    """The largest resident size of a process while the block runs."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.before = self.most = self._now()

    def _now(self) -> int:
        return self._process.memory_info().rss

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look at it all the time."""
        self.most = self.before = self._now()
        task = asyncio.create_task(self._look())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _look(self) -> None:
        while True:
            self.most = max(self.most, self._now())
            await asyncio.sleep(LOOK_EVERY_S)

    @property
    def said(self) -> str:
        """Before, at most, and what lies between."""
        before, most = (each / 2**20 for each in (self.before, self.most))
        return f"{before:.0f} MB before, {most:.0f} MB at most: +{most - before:.0f} MB"


async def _bytes(first: int, last: int) -> AsyncIterator[bytes]:
    """The same file every time: its head, then a block that is numbered."""
    block = bytes(range(256)) * 256
    at = first
    while at < last:
        if at < len(HEAD):
            piece = HEAD[at:]
        else:
            start = at % len(block)
            piece = block[start : start + last - at]
        yield piece
        at += len(piece)


async def _large(database: PlaneDatabase, folder: Path) -> list[tuple[str, str]]:
    s3 = S3(
        folder=folder / "s3",
        ports=tuple(free_ports(S3_PORTS)),
        bucket="documents",
        access_key="bench",
        secret_key="benchword",  # noqa: S106 - of a throw-away server on loopback
    )
    (folder / "secret").write_text(s3.secret_key)
    [port, private] = free_ports(2)
    keyring = keyring_file(folder)
    install(Keyring.from_file(keyring))
    stored = {
        "LMHG_S3_URL": s3.url,
        "LMHG_S3_ACCESS_KEY": s3.access_key,
        "LMHG_S3_SECRET_KEY_FILE": str(folder / "secret"),
        "LMHG_S3_BUCKET": s3.bucket,
        "LMHG_METRICS_LISTEN": f"127.0.0.1:{private}",
    }
    env = environment(database, folder, keyring, port) | stored
    command = Command(
        name="workspace", argv=(script("lmhg-gateway"), "workspace"), env=env, cwd=folder
    )
    with running(s3, logs=folder):
        process = spawn(command, folder / "workspace.log")
        try:
            ready = f"http://127.0.0.1:{private}/health/ready"
            wait_until(lambda: status_of(ready) == 200, "workspace")
            return await _through(database, process.pid, f"http://127.0.0.1:{port}", env)
        finally:
            stop(process)


async def _through(
    database: PlaneDatabase, pid: int, url: str, env: dict[str, str]
) -> list[tuple[str, str]]:
    headers = await session_headers(database)
    await database.run(
        "do $$ begin perform set_config('app.actor', 'bench', true),"  # noqa: S608 - constants
        " set_config('app.purpose', 'bench', true);"
        f" insert into practice.client (id) values ('{CLIENT}'); end $$"
    )
    memory = Memory(pid)
    rows: list[tuple[str, str]] = []
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as browser:
        await browser.get("/")
        async with memory.watched():
            begun = time.perf_counter()
            upload_id = await _upload(browser)
            took = time.perf_counter() - begun
        rows.append(
            (
                "1 GiB up in pieces of 64 MiB, durable as ciphertext",
                f"{SIZE / 2**20 / took:.0f} MB/s",
            )
        )
        rows.append(("memory of the web process meanwhile", memory.said))
        facts = {"name": "Large", "label": "other", "upload_id": upload_id}
        made = await browser.post(f"/api/v1/clients/{CLIENT}/documents", json=facts)
        own = f"/api/v1/documents/{made.json()['id']}/versions/1/file"
        begun = time.perf_counter()
        await _file(database, env)
        took = time.perf_counter() - begun
        rows.append(("the worker checks and stores it", f"{SIZE / 2**20 / took:.0f} MB/s"))
        async with memory.watched():
            begun = time.perf_counter()
            same = await _same(browser, own)
            took = time.perf_counter() - begun
        rows.append(
            ("1 GiB down, opened as it goes", f"{SIZE / 2**20 / took:.0f} MB/s, same file: {same}")
        )
        rows.append(("memory of the web process meanwhile", memory.said))
    return rows


async def _upload(browser: httpx.AsyncClient) -> str:
    begun = {"tus-resumable": "1.0.0", "upload-length": str(SIZE)}
    own = (await browser.post(PATH, headers=begun)).headers["location"]
    for first in range(0, SIZE, PIECE):
        head = BYTES | {"upload-offset": str(first)}
        answer = await browser.patch(own, content=_bytes(first, first + PIECE), headers=head)
        if answer.status_code != 204:
            raise RuntimeError("bench_piece_refused")
    return own.rpartition("/")[2]


async def _file(database: PlaneDatabase, env: dict[str, str]) -> None:
    settings = load(
        WorkerSettings,
        base_env() | env | {
            "LMHG_INTAKEQ_API_KEY_FILE": "unused",
            "LMHG_INTAKEQ_URL": "http://unused",
            "LMHG_INGRESS_PRIVATE_KEY_FILE": "unused",
            "LMHG_LEDGER_SIGNING_KEY_FILE": "unused",
        },
    )  # fmt: skip
    store, folder = store_of(settings), settings.spool_folder
    db = Database(database.url("gw_worker"), pool_size=2)
    try:
        if store is None or folder is None or not await Filing(db, Spool(folder), store).check():
            raise RuntimeError("bench_not_filed")
    finally:
        await db.close()


async def _same(browser: httpx.AsyncClient, own: str) -> bool:
    wanted, found = hashlib.sha256(), hashlib.sha256()
    async for piece in _bytes(0, SIZE):
        wanted.update(piece)
    async with browser.stream("GET", own) as answer:
        async for piece in answer.aiter_raw():
            found.update(piece)
    return wanted.digest() == found.digest()


async def _killed(database: PlaneDatabase, folder: Path) -> list[tuple[str, str]]:
    """Kills until there were enough; each file to its end."""
    kills = files = wrong = lost = 0
    dice = random.Random(11)
    async with upload_lab(database, folder) as lab:
        begun = time.perf_counter()
        while kills < KILLS:
            data = dice.randbytes(KILL_FILE)
            done, missing, upload_id = await _one_file(lab, data, dice)
            kills, lost, files = kills + done, lost + missing, files + 1
            wrong += await lab.held(upload_id) != data
            await _end(lab, upload_id)
        took = time.perf_counter() - begun
    return [
        (
            f"kill -9 of the web process at random bytes, {files} files of 3 MB",
            f"{kills} kills in {took:.0f} s: {wrong} files differ, {lost} times less than was acknowledged",
        )
    ]


async def _one_file(lab: UploadLab, data: bytes, dice: random.Random) -> tuple[int, int, str]:
    """Send a file through as many kills as it takes: kills, losses, and its id."""
    async with httpx.AsyncClient(base_url=lab.url, headers=lab.headers, timeout=30) as browser:
        begun = {"tus-resumable": "1.0.0", "upload-length": str(len(data))}
        own = (await browser.post(PATH, headers=begun)).headers["location"]
    kills = lost = acknowledged = 0
    while True:
        async with httpx.AsyncClient(base_url=lab.url, headers=lab.headers, timeout=30) as browser:
            head = await browser.head(own, headers={"tus-resumable": "1.0.0"})
            offset = int(head.headers["upload-offset"])
            lost += offset < acknowledged
            if offset == len(data):
                return kills, lost, own.rpartition("/")[2]
            patch = partial(_patch, browser, own)
            acknowledged = await _pieces(lab, patch, data, offset, dice)
            kills += 1


Patch = Callable[[int, bytes | AsyncIterator[bytes], int], Awaitable[int]]
"""Sends bytes: from where on, which, and how many; what is acknowledged."""


async def _patch(
    browser: httpx.AsyncClient, own: str, first: int, body: bytes | AsyncIterator[bytes], size: int
) -> int:
    head = BYTES | {"upload-offset": str(first), "content-length": str(size)}
    answer = await browser.patch(own, content=body, headers=head)
    return int(answer.headers["upload-offset"])


async def _pieces(
    lab: UploadLab, patch: Patch, data: bytes, first: int, dice: random.Random
) -> int:
    """Send some pieces from an offset on and kill in one of them; what was acknowledged until then."""
    size, sent = dice.choice((20_000, 300_000, 1_500_000)), first
    for _ in range(dice.randrange(3)):
        if part := data[sent : sent + size]:
            sent = await patch(sent, part, len(part))
    part = data[sent : sent + size]

    async def some() -> AsyncIterator[bytes]:
        cut = dice.randrange(len(part) + 1)
        yield part[:cut]
        await asyncio.sleep(dice.random() * 0.01)
        await lab.kill()
        yield part[cut:]

    if not part:
        await lab.kill()
    else:
        with suppress(httpx.HTTPError):
            await patch(sent, some(), len(part))
    return sent


async def _end(lab: UploadLab, upload_id: str) -> None:
    async with httpx.AsyncClient(base_url=lab.url, headers=lab.headers, timeout=30) as browser:
        await browser.delete(f"{PATH}/{upload_id}", headers={"tus-resumable": "1.0.0"})
