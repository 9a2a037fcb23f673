"""Programs of others, as they come: they upload, are interrupted, go on, and the file is the same."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tusclient.client import TusClient

from lmhg_quality.upload_lab import UploadLab, upload_lab
from lmhg_stack.testing import PlaneDatabase

SIZE, PIECE = 3_000_001, 200_000
SCRIPT = Path(__file__).with_name("stranger.mjs")
PATH = "/api/v1/uploads"


@pytest.fixture
async def lab(onprem: PlaneDatabase, tmp_path: Path) -> AsyncIterator[UploadLab]:
    """A workspace in a process of its own."""
    async with upload_lab(onprem, tmp_path) as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Bytes to send."""
    made = tmp_path / "letter.bin"
    made.write_bytes(os.urandom(SIZE))
    return made


async def tus_js(lab: UploadLab, file: Path, **more: object) -> asyncio.subprocess.Process:
    """One run of tus-js-client."""
    order = {"endpoint": lab.url + PATH, "headers": lab.headers, "file": str(file), "size": SIZE}
    given = json.dumps(order | {"chunk": PIECE} | more)
    return await asyncio.create_subprocess_exec(
        "node", str(SCRIPT), given, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


async def said(process: asyncio.subprocess.Process) -> list[str]:
    """All it said. Raises: AssertionError when it failed."""
    async with asyncio.timeout(120):
        out, wrong = await process.communicate()
    assert process.returncode == 0, wrong.decode()
    return out.decode().split("\n")


async def test_tus_js_client_stops_and_goes_on(lab: UploadLab, file: Path) -> None:
    """A second run asks where the first one stopped."""
    first = await said(await tus_js(lab, file, stopAt=1_000_000))
    assert "done" not in first
    address = first[0]
    second = await said(await tus_js(lab, file, url=address))
    assert "done" in second
    assert f"kept {PIECE}" not in second
    assert await lab.held(address.rpartition("/")[2]) == file.read_bytes()


async def test_tus_js_client_outlives_the_server(lab: UploadLab, file: Path) -> None:
    """The process that serves is killed while it sends; it tries again by itself."""
    running = await tus_js(lab, file, chunk=50_000, delays=[100, 200, 400, 800, 1600])
    assert running.stdout is not None
    address = (await running.stdout.readline()).decode().strip()
    for _ in range(3):
        await running.stdout.readline()
        await lab.kill()
    assert "done" in await said(running)
    assert await lab.held(address.rpartition("/")[2]) == file.read_bytes()


async def test_tuspy_stops_and_goes_on(lab: UploadLab, file: Path) -> None:
    """Killed between its runs, too."""
    client = TusClient(lab.url + PATH, headers=lab.headers)
    with file.open("rb") as source:
        first = client.uploader(file_stream=source, chunk_size=PIECE)
        await asyncio.to_thread(first.upload, stop_at=1_000_000)
    address = first.url
    assert address is not None
    await lab.kill()
    with file.open("rb") as source:
        second = client.uploader(
            file_stream=source, chunk_size=PIECE, url=address, retries=3, retry_delay=1
        )
        assert second.offset == 1_000_000
        await asyncio.to_thread(second.upload)
    assert await lab.held(address.rpartition("/")[2]) == file.read_bytes()
