"""Files that records name, with real S3 servers: there and right before the record, gone before the receipt."""

import asyncio
import hashlib
import io
import json
import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from minio.error import S3Error

from lmhg_contracts.objects import Live, ObjectName, left_behind, name_in
from lmhg_relay import watch
from lmhg_relay.core import limits
from lmhg_relay.objects import Bucket, ObjectRefused
from lmhg_relay.settings import S3Settings
from lmhg_stack.ports import S3_PORTS, free_ports
from lmhg_stack.process import running
from lmhg_stack.s3 import S3, Grant

DATA = b"a handbook" * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()
KIND = "document_ref"
SEEDS = (1, 2)
STEPS = 14


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """One server with both planes' buckets; `reader` may read approved files and nothing else."""
    grant = Grant(name="reader", access_key="reader", secret_key="readerword", bucket="approved")
    server = S3(
        folder=tmp_path_factory.mktemp("s3"),
        ports=tuple(free_ports(S3_PORTS)),
        bucket="crossed",
        access_key="accessword",
        secret_key="secretword",
        more_buckets=("approved", "documents"),
        grants=(grant,),
    )
    with running(server, logs=server.folder):
        yield server


def bucket_of(s3: S3, name: str) -> Bucket:
    """A bucket, with the credential that may all."""
    found = Bucket.of(S3Settings(s3.url, s3.access_key, s3.secret_key, name))
    assert found is not None
    return found


@pytest.fixture
def crossed(s3: S3) -> Bucket:
    """The cloud's bucket, empty."""
    return _emptied(bucket_of(s3, "crossed"))


@pytest.fixture
def approved(s3: S3) -> Bucket:
    """The office's bucket of approved files, empty."""
    return _emptied(bucket_of(s3, "approved"))


def _emptied(bucket: Bucket) -> Bucket:
    for each in bucket.client.list_objects(bucket.name, recursive=True):
        bucket.client.remove_object(bucket.name, each.object_name or "")
    return bucket


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits in short, so that a test takes seconds."""
    monkeypatch.setattr(watch, "WATCH_EVERY_S", 0.2)
    for name, value in (("DELAY_S", 0.5), ("HEARTBEAT_S", 0.5), ("OBJECT_RETRY_S", 0.2)):
        monkeypatch.setattr(limits, name, value)


class Files(NamedTuple):
    """Both buckets, and the settings by which the halves reach them."""

    crossed: Bucket
    approved: Bucket
    settings: dict[str, dict[str, str]]


@pytest.fixture
def files(s3: S3, crossed: Bucket, approved: Bucket, tmp_path: Path, quick: None) -> Files:
    """Each half with what it may: the office's reads approved files, and no other bucket there."""
    words = {"all": s3.secret_key, "reader": s3.grants[0].secret_key}
    for name, word in words.items():
        (tmp_path / name).write_text(word)
    cloud = {
        "S3_URL": s3.url,
        "S3_ACCESS_KEY": s3.access_key,
        "S3_SECRET_KEY_FILE": str(tmp_path / "all"),
        "S3_BUCKET": "crossed",
    }
    shared = {
        "SHARED_S3_URL": s3.url,
        "SHARED_S3_ACCESS_KEY": "reader",
        "SHARED_S3_SECRET_KEY_FILE": str(tmp_path / "reader"),
        "SHARED_S3_BUCKET": "approved",
    }
    return Files(crossed, approved, {"onprem": cloud | shared, "cloud": cloud})


def start(rig: Any, files: Files, *planes: str) -> None:
    """Run halves with their buckets."""
    for plane in planes or ("onprem", "cloud"):
        rig.start(plane, **files.settings[plane])


def body_of(data: bytes, *, title: str = "Handbook") -> str:
    """The body of a document with this file."""
    return json.dumps(
        {
            "author_id": "6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670001",
            "category": "handbook",
            "document_id": "6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670007",
            "file_name": "handbook.txt",
            "kind": KIND,
            "media_type": "text/plain",
            "published_at": "2026-01-02T03:04:05Z",
            "revision": 1,
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
            "title": title,
        }
    )


async def approve(rig: Any) -> uuid.UUID:
    """An exemption for documents."""
    exemption = uuid.uuid4()
    await rig.onprem(
        "INSERT INTO relay.exemption (id, kind, requested_by, approved_by) VALUES ($1, $2, 'a', 'b')",
        *(exemption, KIND),
    )
    return exemption


async def shared(rig: Any, data: bytes, **more: Any) -> uuid.UUID:
    """A document that may leave."""
    exemption = await approve(rig)
    name: uuid.UUID = await rig.put(kind=KIND, body=body_of(data), exemption=exemption, **more)
    return name


async def placed(files: Files, data: bytes) -> None:
    """The worker of the office puts an approved file where the relay reads it."""
    await files.approved.put(
        hashlib.sha256(data).hexdigest(), data, sha256=hashlib.sha256(data).hexdigest()
    )


async def test_an_object_is_sent_once_and_gone_when_deleted(crossed: Bucket) -> None:
    """The second put finds it there; what was changed where it lies is sent again; a wrong hash refuses."""
    assert await crossed.put("a/1", DATA, sha256=DIGEST) is True
    assert await crossed.put("a/1", DATA, sha256=DIGEST) is False
    with pytest.raises(ObjectRefused, match="object_hash_wrong"):
        await crossed.put("a/1", DATA + b"x", sha256=DIGEST)
    other = hashlib.sha256(b"other").hexdigest()
    assert await crossed.put("a/1", b"other", sha256=other) is True
    assert not await crossed.has("a/1", sha256=DIGEST)
    await crossed.delete("a/1")
    await crossed.delete("a/1")
    with pytest.raises(ObjectRefused, match="object_missing"):
        await crossed.get("a/1")


async def test_the_relay_of_the_office_reads_approved_files_alone(s3: S3) -> None:
    """Its credential opens no other bucket, and writes in none."""
    grant = s3.grants[0]
    for name, act in (("documents", "get"), ("approved", "put"), ("documents", "put")):
        bucket = Bucket.of(S3Settings(s3.url, grant.access_key, grant.secret_key, name))
        assert bucket is not None
        with pytest.raises(S3Error, match="AccessDenied"):
            await (bucket.get("x") if act == "get" else bucket.put("x", DATA, sha256=DIGEST))


async def test_a_file_goes_first_and_is_gone_before_the_receipt_of_its_recall(
    rig: Any, files: Files
) -> None:
    """The record arrives once its file lies there whole; the recall is confirmed once it does not."""
    start(rig, files)
    await placed(files, DATA)
    record = await shared(rig, DATA)
    await rig.until(rig.is_settled)
    assert record in await rig.held()
    (name,) = await files.crossed.names()
    assert name_in(name) == ObjectName(record, 0, 1, DIGEST)
    assert await files.crossed.has(name, sha256=DIGEST)
    await rig.recall(record, kind=KIND)
    await rig.until(rig.is_settled)
    assert await files.crossed.names() == []
    decisions = [each["decision"] for each in await rig.decisions()]
    assert "aside" not in decisions
    assert decisions.count("ship") == 2


async def test_a_record_without_its_file_waits_with_a_name_and_others_pass(
    rig: Any, files: Files
) -> None:
    """Missing, then wrong bytes: named on both planes; the right ones end it, and it survives a restart."""
    start(rig, files)
    record = await shared(rig, DATA)
    other = await rig.put()

    async def passed() -> bool:
        return other in await rig.held()

    async def named(why: str) -> bool:
        for plane in ("onprem", "cloud"):
            rows = await rig.databases[plane].run("SELECT code, who FROM relay.standing_delay")
            if ("object_waits", why) not in {(row["code"], row["who"]) for row in rows}:
                return False
        return True

    await rig.until(passed, "another record passing")
    await rig.until(lambda: named("object_missing"), "naming the cause on both planes")
    waiting = await rig.onprem("SELECT stage FROM relay.waiting WHERE record_id = $1", record)
    assert [row["stage"] for row in waiting] == ["undecided"]
    await files.approved.put(DIGEST, b"wrong", sha256=hashlib.sha256(b"wrong").hexdigest())
    await rig.until(lambda: named("object_hash_wrong"), "naming the wrong bytes")
    await rig.stop("onprem")
    assert record not in await rig.held()
    assert await files.crossed.names() == []
    start(rig, files, "onprem")
    await placed(files, DATA)
    await rig.until(rig.is_settled)
    assert record in await rig.held()


async def test_what_was_withdrawn_while_it_waited_is_never_brought(rig: Any, files: Files) -> None:
    """The recall passes, the waiting record is overtaken, and no file is left."""
    start(rig, files)
    record = await shared(rig, DATA)

    async def waits() -> bool:
        rows = await rig.onprem("SELECT 1 FROM relay.standing_delay WHERE code = 'object_waits'")
        return bool(rows)

    await rig.until(waits, "waiting for its file")
    await rig.recall(record, kind=KIND)
    await rig.until(rig.is_settled)
    await placed(files, DATA)
    decisions = [(each["decision"], each["op"]) for each in await rig.decisions() if each["op"]]
    assert sorted(decisions) == [("ship", "recall"), ("supersede", "put")]
    assert await files.crossed.names() == []
    assert (await rig.held())[record]["purged"]


async def test_a_recall_is_not_confirmed_while_its_file_stays(rig: Any, files: Files) -> None:
    """The record is gone from the portal at once; the receipt waits for the bucket, and says why."""
    start(rig, files)
    await placed(files, DATA)
    record = await shared(rig, DATA)
    await rig.until(rig.is_settled)
    await rig.stop("cloud")
    broken = {**files.settings["cloud"], "S3_ACCESS_KEY": "nobody"}
    rig.start("cloud", **broken)
    await rig.recall(record, kind=KIND)

    async def stays() -> bool:
        rows = await rig.cloud("SELECT 1 FROM relay.standing_delay WHERE code = 'object_stays'")
        return bool(rows) and bool((await rig.held())[record]["purged"])

    await rig.until(stays, "naming what stays")
    assert not await rig.is_settled()
    assert len(await files.crossed.names()) == 1
    await rig.stop("cloud")
    start(rig, files, "cloud")
    await rig.until(rig.is_settled)
    assert await files.crossed.names() == []


async def test_a_file_that_was_changed_where_it_lies_is_an_alarm(
    rig: Any, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The portal's half hashes what it has now and then; the office hears of it by its signs of life."""
    monkeypatch.setattr(limits, "OBJECT_CHECK_S", 0.2)
    monkeypatch.setattr(limits, "OBJECT_SWEEP_S", 0.2)
    start(rig, files)
    await placed(files, DATA)
    await shared(rig, DATA)
    await rig.until(rig.is_settled)
    assert await rig.alarms("cloud") == set()
    (name,) = await files.crossed.names()
    files.crossed.client.put_object("crossed", name, io.BytesIO(b"other"), 5)

    async def told() -> bool:
        rows = await rig.onprem("SELECT who FROM relay.standing_delay WHERE code = 'alarm_raised'")
        return {"object_wrong"} == {row["who"] for row in rows}

    await rig.until(told, "the office hearing of it")


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_order_of_events_parts_a_record_from_its_file(
    rig: Any, files: Files, seed: int
) -> None:
    """Edits, recalls, late and wrong files and killed halves by seed: no record without its file, no file after a recall."""
    chance = random.Random(seed)  # noqa: S311 - the seed is the point
    start(rig, files)
    exemption = await approve(rig)
    versions: dict[uuid.UUID, int] = {}
    datas = [f"{seed} {n}".encode() * 50 for n in range(3)]

    async def act() -> None:
        choice = chance.choice(("put", "put", "again", "recall", "place", "wrong", "kill", "kill"))
        data = chance.choice(datas)
        digest = hashlib.sha256(data).hexdigest()
        record = chance.choice(list(versions)) if versions else None
        if choice == "put" or record is None:
            record = await rig.put(kind=KIND, body=body_of(data), exemption=exemption)
            versions[record] = 1
        elif choice in {"again", "recall"}:
            versions[record] += 1
            more = {"record_id": record, "version": versions[record]}
            if choice == "recall":
                await rig.recall(record, version=versions[record], kind=KIND)
            else:
                await rig.put(kind=KIND, body=body_of(data), exemption=exemption, **more)
        elif choice == "place":
            await placed(files, data)
        elif choice == "wrong":
            await files.approved.put(digest, b"wrong", sha256=hashlib.sha256(b"wrong").hexdigest())
        else:
            plane = chance.choice(("onprem", "cloud"))
            _, task = rig.running.pop(plane)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            start(rig, files, plane)

    for _ in range(STEPS):
        await act()
        await _holds(rig, files)
    for data in datas:
        await placed(files, data)
    await rig.until(rig.is_settled, "settling")
    await _holds(rig, files)
    live = {row["record_id"] for row in (await rig.held()).values() if not row["purged"]}
    assert {found.record_id for found in map(name_in, await files.crossed.names()) if found} == live


async def _holds(rig: Any, files: Files) -> None:
    """Every record that arrived has its file, right; nothing of a confirmed recall is left."""
    confirmed = await rig.onprem(
        "SELECT record_id, version FROM relay.recall_status WHERE unreadable_at IS NOT NULL"
    )
    names = await files.crossed.names()
    for row in confirmed:
        held = {row["record_id"]: Live(0, row["version"], is_purged=True)}
        assert left_behind(names, held) == []
    for record, row in (await rig.held()).items():
        if row["kind"] != KIND or row["purged"]:
            continue
        body = json.loads(str(row["body"]))
        name = ObjectName(record, row["generation"], row["version"], body["sha256"])
        is_there = await files.crossed.has(str(name), sha256=body["sha256"])
        still = (await rig.held())[record]
        assert is_there or still["version"] > row["version"], name
