"""The tus protocol as its text says it: what is acknowledged is kept, what is wrong is refused, nothing is in the clear."""

import base64
import fcntl
import hashlib
import os
import uuid
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.uploads.jobs import Sweep
from lmhg_gateway.features.uploads.rules import OPEN_MAX
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

PATH = "/api/v1/uploads"
BYTES = "application/offset+octet-stream"
SECRET = b"Odalys Nakamura, an invented name that must not lie on a disk. "


class Tus:
    """A client that says exactly what a test wants."""

    def __init__(self, signed: Signed) -> None:
        self.signed = signed

    async def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> httpx.Response:
        """One request of the protocol."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        base = {"tus-resumable": "1.0.0", "x-csrf-token": self.signed.token}
        return await self.signed.browser.request(method, path, content=body, headers=base | named)

    async def begin(self, length: int, *, metadata: str = "") -> str:
        """A fresh upload."""
        answer = await self.ask("POST", PATH, upload_length=str(length), upload_metadata=metadata)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    async def put(self, own: str, offset: int, body: bytes, **headers: str) -> httpx.Response:
        """Bytes from an offset on."""
        given = {"upload_offset": str(offset), "content_type": BYTES} | headers
        return await self.ask("PATCH", own, body, **given)

    async def offset(self, own: str) -> int:
        """What the other side has."""
        return int((await self.ask("HEAD", own)).headers["upload-offset"])


@pytest.fixture
def tus(desk: Signed) -> Tus:
    """The front desk's client."""
    return Tus(desk)


def b64(data: bytes) -> str:
    """As the protocol writes bytes."""
    return base64.b64encode(data).decode()


async def test_upload_goes_on_where_it_stopped(tus: Tus) -> None:
    """Pieces of any size add up; each answer says how far it is."""
    data = os.urandom(2_500_000)
    own = await tus.begin(len(data))
    offset = 0
    for size in (1, 1_048_576, 1, 700_000, 10_000_000):
        answer = await tus.put(own, offset, data[offset : offset + size])
        assert answer.status_code == 204
        offset = int(answer.headers["upload-offset"])
        assert await tus.offset(own) == offset
    assert offset == len(data)
    head = await tus.ask("HEAD", own)
    assert head.headers["upload-length"] == str(len(data))
    assert head.headers["cache-control"] == "no-store"
    assert not head.content


async def test_nothing_of_a_file_is_on_the_disk_in_the_clear(tus: Tus, spool_folder: Path) -> None:
    """Neither its bytes nor its name."""
    name = b64(b"Odalys Nakamura.pdf")
    own = await tus.begin(len(SECRET) * 50, metadata=f"filename {name}")
    await tus.put(own, 0, SECRET * 50)
    for path in spool_folder.iterdir():
        assert b"Odalys" not in path.read_bytes()
        assert "Odalys" not in path.name
        assert path.stat().st_mode & 0o007 == 0


async def test_capabilities_are_said(tus: Tus) -> None:
    """What OPTIONS answers is what there is."""
    answer = await tus.ask("OPTIONS", PATH)
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "termination", "expiration",
    }  # fmt: skip
    assert answer.headers["tus-max-size"] == str(4 * 1024 * 1024)


async def test_first_bytes_may_come_with_the_creation(tus: Tus) -> None:
    """creation-with-upload."""
    answer = await tus.ask("POST", PATH, b"abc", upload_length="6", content_type=BYTES)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "3")
    assert await tus.offset(answer.headers["location"]) == 3


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
async def test_part_counts_only_with_its_checksum(algorithm: str, tus: Tus) -> None:
    """A wrong one leaves nothing behind, a right one counts."""
    data = os.urandom(1_200_000)
    own = await tus.begin(len(data))
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    wrong = await tus.put(own, 0, data, upload_checksum=f"{algorithm} {b64(bytes(len(digest)))}")
    assert (wrong.status_code, await tus.offset(own)) == (460, 0)
    right = await tus.put(own, 0, data, upload_checksum=f"{algorithm} {b64(digest)}")
    assert (right.status_code, await tus.offset(own)) == (204, len(data))
    other = await tus.begin(3)
    unknown = await tus.put(other, 0, b"abc", upload_checksum="crc32 AAAA")
    assert unknown.status_code == 400


async def test_ended_upload_is_gone(tus: Tus, spool: Spool) -> None:
    """Termination."""
    own = await tus.begin(10)
    await tus.put(own, 0, b"abc")
    assert (await tus.ask("DELETE", own)).status_code in {200, 204}
    assert (await tus.ask("HEAD", own)).status_code == 404
    assert uuid.UUID(own.rpartition("/")[2]) not in spool.held()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"upload_offset": "5"}, 409),
        ({"upload_offset": "-1"}, 400),
        ({"upload_offset": "x"}, 400),
        ({"content_type": "text/plain"}, 415),
        ({"tus_resumable": "0.2.2"}, 412),
    ],
)
async def test_part_that_does_not_fit_is_refused(
    headers: dict[str, str], status: int, tus: Tus
) -> None:
    """And changes nothing."""
    own = await tus.begin(10)
    given = {"upload_offset": "0", "content_type": BYTES} | headers
    assert (await tus.ask("PATCH", own, b"abc", **given)).status_code == status
    assert await tus.offset(own) == 0


async def test_bytes_past_the_end_are_refused(tus: Tus) -> None:
    """An upload is never longer than it said."""
    own = await tus.begin(4)
    assert (await tus.put(own, 0, b"abcde")).status_code in {400, 413}
    assert await tus.offset(own) == 0


@pytest.mark.parametrize(
    ("length", "status"), [("4194305", 413), ("0", 400), ("-3", 400), ("", 400)]
)
async def test_length_is_bounded(length: str, status: int, tus: Tus) -> None:
    """Said before the first byte."""
    assert (await tus.ask("POST", PATH, upload_length=length)).status_code == status


async def test_another_persons_upload_is_not_there(tus: Tus, as_role: AsRole) -> None:
    """Not to see, not to write to, not to end."""
    own = await tus.begin(4)
    other = Tus(await as_role("clinician"))
    assert (await other.ask("HEAD", own)).status_code == 404
    assert (await other.put(own, 0, b"abcd")).status_code == 404
    assert (await other.ask("DELETE", own)).status_code == 404


async def test_upload_asks_for_session_role_and_token(tus: Tus, as_role: AsRole) -> None:
    """As every route that changes something."""
    officer = Tus(await as_role("compliance"))
    assert (await officer.ask("POST", PATH, upload_length="3")).status_code == 403
    bare = await tus.signed.browser.post(
        PATH, headers={"tus-resumable": "1.0.0", "upload-length": "3"}
    )
    assert bare.status_code == 403
    tus.signed.browser.cookies.clear()
    assert (await tus.ask("POST", PATH, upload_length="3")).status_code == 401


async def test_two_writers_of_one_upload_do_not_mix(tus: Tus, spool: Spool) -> None:
    """Who holds the file writes; the other one hears so."""
    own = await tus.begin(4)
    path = spool.path(uuid.UUID(own.rpartition("/")[2]))

    with path.open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert (await tus.put(own, 0, b"abcd")).status_code == 423
    assert (await tus.put(own, 0, b"abcd")).status_code == 204


async def test_late_upload_and_stray_file_are_swept(
    tus: Tus, spool: Spool, worker_db: Database, onprem: PlaneDatabase
) -> None:
    """By the worker: the row with its file, and a file that nobody knows."""
    own = uuid.UUID((await tus.begin(4)).rpartition("/")[2])
    kept = uuid.UUID((await tus.begin(4)).rpartition("/")[2])
    stray = spool.path(uuid.uuid4())
    stray.write_bytes(b"?")
    os.utime(stray, (0, 0))
    sweep = Sweep(worker_db, spool)
    await sweep.step()
    assert not stray.exists()
    assert {own, kept} <= set(spool.held())
    late = Sweep(worker_db, spool, clock=lambda: utc_now() + timedelta(hours=25))
    assert await late.step() >= 2
    assert not spool.held()
    assert not await onprem.run("select 1 from practice.upload where id = any($1)", [own, kept])


async def test_one_person_has_so_many_open_uploads(as_role: AsRole, client: uuid.UUID) -> None:
    """More are refused, and nothing of theirs is lost."""
    tus = Tus(await as_role("clinician"))
    for _ in range(OPEN_MAX):
        await tus.begin(4)
    assert (await tus.ask("POST", PATH, upload_length="4")).status_code == 429
