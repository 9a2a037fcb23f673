"""Documents for programs: the same rules as on the pages."""

import hashlib
import uuid

import httpx
import pytest

from lmhg_gateway.features.documents.filing import Filing
from lmhg_kit.http.testing import AsRole, Signed

from . import papers  # noqa: TID252 - beside this file
from .conftest import file_all  # noqa: TID252 - beside this file

UPLOADS = "/api/v1/uploads"
TUS = {"tus-resumable": "1.0.0"}


@pytest.fixture
async def program(desk: Signed) -> httpx.AsyncClient:
    """The front desk's program."""
    desk.browser.headers["x-csrf-token"] = desk.token
    return desk.browser


async def sent(program: httpx.AsyncClient, data: bytes) -> str:
    """The id of an upload that is whole."""
    head = TUS | {
        "upload-length": str(len(data)),
        "content-type": "application/offset+octet-stream",
    }
    answer = await program.post(UPLOADS, content=data, headers=head)
    assert answer.headers["upload-offset"] == str(len(data))
    return answer.headers["location"].rpartition("/")[2]


async def test_program_adds_reads_and_downloads_a_document(
    program: httpx.AsyncClient, client: uuid.UUID, filing: Filing
) -> None:
    """The hash and the size are those of the file as it is handed over."""
    data = papers.pdf("From a program")
    facts = {"name": "Report", "label": "records", "upload_id": await sent(program, data)}
    made = await program.post(f"/api/v1/clients/{client}/documents", json=facts)
    assert made.status_code == 201
    own = f"/api/v1/documents/{made.json()['id']}"
    assert made.json()["versions"][0]["state"] == "checking"
    again = await program.post(f"/api/v1/clients/{client}/documents", json=facts)
    assert again.json()["id"] == made.json()["id"]
    await file_all(filing)
    [version] = (await program.get(own)).json()["versions"]
    assert version["sha256"] == hashlib.sha256(data).hexdigest()
    assert (version["state"], version["size"]) == ("stored", len(data))
    assert (await program.get(f"{own}/versions/1/file")).content == data
    listed = (await program.get(f"/api/v1/clients/{client}/documents")).json()["documents"]
    assert made.json()["id"] in {each["id"] for each in listed}


async def test_upload_that_is_not_whole_is_no_document(
    program: httpx.AsyncClient, client: uuid.UUID
) -> None:
    """Nor one that is unknown, nor none at all."""
    answer = await program.post(UPLOADS, headers=TUS | {"upload-length": "10"})
    half = answer.headers["location"].rpartition("/")[2]
    for upload_id, status, code in (
        (half, 409, "upload_open"),
        (str(uuid.uuid4()), 404, "upload"),
        (None, 422, "file_missing"),
    ):
        facts = {"name": "Report", "label": "records", "upload_id": upload_id}
        answer = await program.post(f"/api/v1/clients/{client}/documents", json=facts)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_refused_file_is_gone(program: httpx.AsyncClient, client: uuid.UUID) -> None:
    """Its upload does not count as an open one."""
    upload_id = await sent(program, b"<script>alert(1)</script>")
    facts = {"name": "Report", "label": "records", "upload_id": upload_id}
    answer = await program.post(f"/api/v1/clients/{client}/documents", json=facts)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "type_active")
    assert (await program.head(f"{UPLOADS}/{upload_id}", headers=TUS)).status_code == 404


async def test_program_changes_deletes_and_brings_back(
    program: httpx.AsyncClient, client: uuid.UUID
) -> None:
    """By the same rules as a person."""
    facts = {"name": "Report", "label": "records", "upload_id": await sent(program, b"A note\n")}
    made = (await program.post(f"/api/v1/clients/{client}/documents", json=facts)).json()
    own = f"/api/v1/documents/{made['id']}"
    changed = await program.put(own, json={"name": "Other", "label": "consent"})
    assert (changed.json()["name"], changed.json()["label"]) == ("Other", "consent")
    kept = await program.post(f"{own}/delete", json={"why": "kept_long_enough"})
    assert kept.status_code == 422
    gone = await program.post(f"{own}/delete", json={"why": "wrong_client"})
    assert gone.json()["deleted_at"]
    assert (await program.put(own, json={"name": "X", "label": "other"})).status_code == 409
    assert (await program.post(f"{own}/restore")).json()["deleted_at"] is None
    newer = {"upload_id": await sent(program, b"A newer note\n")}
    answer = await program.post(f"{own}/versions", json=newer)
    assert [each["number"] for each in answer.json()["versions"]] == [2, 1]


async def test_referral_of_another_client_is_refused(
    program: httpx.AsyncClient, client: uuid.UUID
) -> None:
    """Its existence is not told."""
    facts = {
        "name": "Report",
        "label": "records",
        "referral_id": str(uuid.uuid4()),
        "upload_id": await sent(program, b"A note\n"),
    }
    answer = await program.post(f"/api/v1/clients/{client}/documents", json=facts)
    assert answer.status_code == 404


async def test_other_roles_are_refused(as_role: AsRole, client: uuid.UUID) -> None:
    """As on the pages."""
    officer = await as_role("compliance")
    assert (await officer.get(f"/api/v1/clients/{client}/documents")).status_code == 403
    officer.browser.cookies.clear()
    assert (await officer.get(f"/api/v1/clients/{client}/documents")).status_code == 401
