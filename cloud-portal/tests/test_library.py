"""The library of the portal: listed, found, handed over byte by byte right, and gone after a recall."""

import hashlib
import io
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from lmhg_contracts.objects import ObjectName
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Signed, browser_at, sign_in
from lmhg_kit.persistence import Database
from lmhg_portal.adapters.file_store import FileStore, store_of
from lmhg_portal.kernel.settings import PortalSettings
from lmhg_stack.ports import S3_PORTS, free_ports
from lmhg_stack.process import running
from lmhg_stack.s3 import S3, Grant
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE, PORTAL, portal_of  # noqa: TID252 - beside this file
from .test_replica_pages import recall  # noqa: TID252 - beside this file

DATA = b"%PDF-1.4 an invented handbook" * 20_000
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """The cloud's S3 server; the portal may read there, and no more."""
    server = S3(
        folder=tmp_path_factory.mktemp("s3"),
        ports=tuple(free_ports(S3_PORTS)),
        bucket="crossed",
        access_key="relayword",
        secret_key="relaysecret",
        grants=(
            Grant(
                name="portal", access_key="portalword", secret_key="secretword", bucket="crossed"
            ),
        ),
    )
    with running(server, logs=server.folder):
        yield server


@pytest.fixture(scope="module")
def with_files(
    settings: PortalSettings, s3: S3, tmp_path_factory: pytest.TempPathFactory
) -> PortalSettings:
    """The portal's settings, with the store."""
    secret = tmp_path_factory.mktemp("secret") / "s3"
    secret.write_text(s3.grants[0].secret_key)
    return msgspec.structs.replace(
        settings,
        s3_url=s3.url,
        s3_access_key=s3.grants[0].access_key,
        s3_secret_key_file=secret,
        s3_bucket=s3.bucket,
    )


@pytest.fixture(scope="module")
def relay_store(s3: S3, tmp_path_factory: pytest.TempPathFactory) -> FileStore:
    """The bucket as the relay reaches it."""
    secret = tmp_path_factory.mktemp("relay") / "s3"
    secret.write_text(s3.secret_key)

    class Settings(msgspec.Struct):
        s3_url: str = s3.url
        s3_bucket: str = s3.bucket
        s3_access_key: str = s3.access_key
        s3_secret_key_file: Path = secret

    found = store_of(Settings())
    assert found is not None
    return found


@pytest.fixture(scope="module")
async def shelf(
    portal_db: Database, with_files: PortalSettings, people: dict[str, uuid.UUID]
) -> AsyncIterator[Edge]:
    """The portal, with the store."""
    async with portal_of(with_files, portal_db) as made:
        yield made


@pytest.fixture
async def reader(shelf: Edge) -> AsyncIterator[Signed]:
    """Anyone on staff."""
    browser = browser_at(shelf, "203.0.113.7", base_url=PORTAL)
    token = await sign_in(browser, shelf, "staff", account_id=str(PEOPLE["staff"]))
    yield Signed(browser, token)
    await browser.aclose()


async def arrived(
    cloud: PlaneDatabase, store: FileStore | None, data: bytes = DATA, **more: object
) -> uuid.UUID:
    """A document as the relay applies it, after its file."""
    record_id = uuid.uuid4()
    if store is not None:
        name = str(ObjectName(record_id, 0, 1, SHA))
        store.client.put_object(store.bucket, name, io.BytesIO(data), len(data))
    body = {
        "author_id": str(PEOPLE["admin"]), "category": "handbook", "document_id": str(record_id),
        "file_name": "Front desk \u2013 handbook.pdf", "kind": "document_ref", "media_type": "application/pdf",
        "published_at": "2026-03-04T15:00:00.000000Z", "revision": 1, "sha256": SHA, "size": len(DATA),
        "title": "Front desk handbook", **more,
    }  # fmt: skip
    await cloud.run(
        "insert into replica.record (kind, record_id, version, generation, body)"
        " values ('document_ref', $1, 1, 0, $2::jsonb)",
        record_id,
        msgspec.json.encode(body).decode(),
    )
    return record_id


async def test_document_is_listed_found_and_handed_over_and_gone_after_its_recall(
    reader: Signed, cloud: PlaneDatabase, relay_store: FileStore
) -> None:
    """As an attachment, whole, of the right length and never shown in the page; then nothing."""
    assert "No documents yet" in (await reader.get("/library")).text
    record = await arrived(cloud, relay_store)
    form = await arrived(cloud, None, title="Leave form", category="form")
    for path, others in (
        ("/library", True), ("/library?q=desk", False), ("/library?category=handbook", False),
        ("/library?category=form", True), (f"/library/{form}", True),
    ):  # fmt: skip
        page = (await reader.get(path)).text
        assert ("Leave form" in page) is others, path
    assert "Front desk handbook" in (await reader.post("/search", q="handbook")).text
    answer = await reader.get(f"/library/{record}/file")
    assert answer.content == DATA
    assert answer.headers["content-length"] == str(len(DATA))
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert (await reader.get(f"/api/v1/library/{record}/file")).content == DATA
    listed = (await reader.get("/api/v1/library")).json()["documents"]
    assert {each["id"] for each in listed} == {str(record), str(form)}
    await recall(cloud, record)
    for path in (f"/library/{record}", f"/library/{record}/file", f"/api/v1/library/{record}"):
        assert (await reader.get(path)).status_code == 404, path
    assert "Front desk handbook" not in (await reader.get("/library")).text
    await recall(cloud, form)


async def test_wrong_or_missing_file_is_an_error_and_a_line_never_other_bytes(
    reader: Signed,
    cloud: PlaneDatabase,
    relay_store: FileStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of another hash, too short, too long, or not there: nothing of it goes out, and it is on record."""
    cases = (
        ("library_file_damaged", DATA[:-1] + b"!"),
        ("library_file_damaged", DATA[:-1]),
        ("library_file_damaged", DATA + b"x" * 300_000),
        ("library_file_missing", None),
    )
    for code, data in cases:
        record = await arrived(cloud, relay_store if data else None, data or b"")
        answer = await reader.get(f"/library/{record}/file")
        assert answer.status_code == 503, code
        assert b"%PDF" not in answer.content
        assert "IT support was told" in answer.text
        assert f'"code": "{code}"' in capsys.readouterr().out
        said = await cloud.run(
            "select outcome from audit.event where $1 = any(subject_ids)", record
        )
        assert code in {row["outcome"] for row in said}
        await recall(cloud, record)


async def test_of_two_versions_the_newest_is_listed(reader: Signed, cloud: PlaneDatabase) -> None:
    """For a moment there may be both: the new one has come, and the old one's recall has not."""
    old = await arrived(cloud, None)
    new = await arrived(cloud, None, document_id=str(old), revision=2, title="Front desk handbook")
    page = (await reader.get("/library")).text
    assert f"/library/{new}" in page
    assert f"/library/{old}" not in page
    await recall(cloud, old)
    await recall(cloud, new)


async def test_library_without_a_store_says_so(
    edge: Edge, cloud: PlaneDatabase, people: dict[str, uuid.UUID]
) -> None:
    """Where none is set the list works, and a download is a clear error."""
    browser = browser_at(edge, "203.0.113.7", base_url=PORTAL)
    token = await sign_in(browser, edge, "staff", account_id=str(PEOPLE["staff"]))
    person, record = Signed(browser, token), await arrived(cloud, None)
    assert (await person.get("/library")).status_code == 200
    answer = await person.get(f"/library/{record}/file")
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
    await recall(cloud, record)
    await browser.aclose()


async def test_what_came_before_many_others_is_counted_and_found(
    reader: Signed, cloud: PlaneDatabase
) -> None:
    """The list's total is that of all documents, its pages reach the first one, and words find it."""
    first = await arrived(cloud, None, title="Fire drill")
    await cloud.run(
        "insert into replica.record (kind, record_id, version, generation, body) select 'document_ref', i, 1, 0,"
        " body || jsonb_build_object('document_id', i::text, 'title', 'Other ' || n,"
        " 'published_at', '2026-04-01T08:00:00.000000Z')"
        " from (select gen_random_uuid() as i, n from generate_series(1, 500) n) many,"
        " (select body from replica.record where record_id = $1) one",
        first,
    )
    assert "Fire drill" in (await reader.get("/library?q=DRILL+fire")).text
    assert "Fire drill" not in (await reader.get("/library?q=drill+water")).text
    assert "Fire drill" in (await reader.post("/search", q="fire")).text
    assert "Fire drill" in (await reader.get("/library?page=11")).text
    listed = (await reader.get("/api/v1/library?page=11")).json()
    assert (listed["total"], [each["title"] for each in listed["documents"]]) == (
        501,
        ["Fire drill"],
    )
    behind = (await reader.get("/api/v1/library?page=99")).json()
    assert (behind["total"], behind["documents"]) == (501, [])
    assert (await reader.get("/library?q=%00")).status_code < 500


async def test_only_the_newest_version_is_listed(reader: Signed, cloud: PlaneDatabase) -> None:
    """For a moment two versions are here; the older one is neither listed nor found."""
    document = str(uuid.uuid4())
    await arrived(cloud, None, title="Snow days, old", document_id=document)
    await arrived(cloud, None, title="Snow days, new", document_id=document, revision=2)
    found = (await reader.get("/library?q=snow")).text
    assert "Snow days, new" in found
    assert "Snow days, old" not in found
