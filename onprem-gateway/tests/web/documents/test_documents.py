"""Documents: added by the form as it is without a script, checked, stored as ciphertext, and handed over."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import urllib3
from minio import Minio

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.file_types import SAID
from lmhg_gateway.features.documents.filing import Filing
from lmhg_gateway.features.documents.forms import Label
from lmhg_gateway.features.documents.rules import LABELS
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .conftest import file_all  # noqa: TID252 - beside this file

QUICK = urllib3.PoolManager(retries=urllib3.Retry(0), timeout=1)
"""Gives up at once."""


async def send(
    signed: Signed, path: str, data: bytes, *, called: str = "scan.pdf", **fields: str
) -> httpx.Response:
    """A form with a file, as a browser without a script sends it: the token and the fields first."""
    parts = {"csrf_token": signed.token, **fields}
    return await signed.browser.post(path, data=parts, files={"file": (called, data)})


async def added(signed: Signed, client: uuid.UUID, data: bytes, **more: str) -> str:
    """The address of a document that was added."""
    facts = {"name": "Letter of an invented doctor", "label": "referral_letter", **more}
    answer = await send(signed, f"/clients/{client}/documents", data, **facts)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def test_document_added_without_a_script_comes_back_whole(
    desk: Signed, client: uuid.UUID, filing: Filing, store: ObjectStore, spool: Spool
) -> None:
    """Form, worker, store, download: what comes back is what was sent, and nothing else has it."""
    data = papers.pdf("An invented letter") + b"\n%" + b"x" * (2 * 1024 * 1024) + b"\n%%EOF\n"
    own = await added(desk, client, data)
    assert "Being checked" in (await desk.get(own)).text
    await file_all(filing)
    page = (await desk.get(own)).text
    assert "Stored" in page
    assert "Letter of an invented doctor" in page
    answer = await desk.get(f"{own}/versions/1/file")
    assert answer.content == data
    assert not spool.held()
    kept = [each.object_name or "" for each in store.client.list_objects(store.bucket)]
    for name in kept:
        sealed = store.client.get_object(store.bucket, name).read()
        assert b"invented" not in sealed
        assert b"%PDF" not in sealed


async def test_file_is_never_shown_in_the_page(
    desk: Signed, client: uuid.UUID, filing: Filing
) -> None:
    """An attachment, of a type that is not guessed, in a sandbox, kept by no cache."""
    own = await added(desk, client, b"just a note\n")
    await file_all(filing)
    answer = await desk.get(f"{own}/versions/1/file")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_a_range_is_handed_over_and_one_beyond_the_end_is_refused(
    desk: Signed, client: uuid.UUID, filing: Filing
) -> None:
    """Also one that begins in one chunk and ends in the next."""
    data = papers.pdf("An invented letter") + b"%" + bytes(range(33, 99)) * 32_000 + b"\n%%EOF"
    own = await added(desk, client, data) + "/versions/1/file"
    await file_all(filing)
    for first, last in ((0, 0), (1024 * 1024 - 3, 1024 * 1024 + 3), (len(data) - 5, len(data) - 1)):
        answer = await desk.browser.get(own, headers={"range": f"bytes={first}-{last}"})
        assert (answer.status_code, answer.content) == (206, data[first : last + 1])
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(data)}"
    tail = await desk.browser.get(own, headers={"range": "bytes=-7"})
    assert tail.content == data[-7:]
    beyond = await desk.browser.get(own, headers={"range": f"bytes={len(data)}-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
async def test_picture_is_drawn_again_and_says_so(
    form: str, desk: Signed, client: uuid.UUID, filing: Filing
) -> None:
    """What a photo carries besides its points, and a second file behind it, stay behind."""
    data = papers.picture(form)
    assert papers.HIDDEN in data
    own = await added(desk, client, data + papers.archive())
    await file_all(filing)
    kept = (await desk.get(f"{own}/versions/1/file")).content
    assert papers.HIDDEN not in kept
    assert b"PK\x03\x04" not in kept
    assert "Place and camera details were taken out." in (await desk.get(own)).text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html><script>alert(1)</script>", "type_active"),
        (b'<?xml version="1.0"?><svg onload="x"/>', "type_active"),
        (b"GIF89a" + papers.pdf("An invented letter"), "type_mixed"),
        (b"MZ\x90\x00" + b"\0" * 400, "type_unknown"),
    ],
)
async def test_what_a_browser_could_run_is_refused_on_the_form(
    data: bytes, code: str, desk: Signed, client: uuid.UUID, spool: Spool
) -> None:
    """The form comes back with what was typed and why the file is not taken."""
    facts = {"name": "Kept text", "label": "other"}
    page = f"/clients/{client}/documents/new"
    answer = await desk.browser.post(
        f"/clients/{client}/documents",
        data={"csrf_token": desk.token, **facts},
        files={"file": ("letter.pdf", data)},
        headers={"referer": f"{desk.browser.base_url}{page}"},
    )
    assert answer.status_code == 303
    back = (await desk.get(page)).text
    assert SAID[code] in re.sub(r"&#39;", "'", back)
    assert "Kept text" in back


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (papers.docx(macros=True), "office_macros"),
        (papers.archive(), "type_unknown"),
        (papers.pdf("An invented letter") + papers.archive(), "type_mixed"),
        (papers.picture("JPEG")[:60], "picture_broken"),
    ],
)
async def test_what_only_a_whole_look_finds_is_refused_later(
    data: bytes, code: str, *, desk: Signed, client: uuid.UUID, filing: Filing, spool: Spool
) -> None:
    """The document's page says why; the bytes are nowhere any more."""
    own = await added(desk, client, data)
    await file_all(filing)
    page = (await desk.get(own)).text.replace("&#39;", "'")
    assert "Not taken" in page
    assert SAID[code] in page
    assert (await desk.get(f"{own}/versions/1/file")).status_code == 409
    assert not spool.held()


async def test_word_document_is_taken(desk: Signed, client: uuid.UUID, filing: Filing) -> None:
    """It is kept as it is."""
    own = await added(desk, client, papers.docx())
    await file_all(filing)
    assert (await desk.get(f"{own}/versions/1/file")).content == papers.docx()


async def test_file_over_the_limit_is_refused_with_the_limit(
    desk: Signed, client: uuid.UUID, spool: Spool
) -> None:
    """Nothing of it stays."""
    answer = await desk.browser.post(
        f"/clients/{client}/documents",
        data={"csrf_token": desk.token, "name": "Large", "label": "other"},
        files={"file": ("large.pdf", papers.pdf("An invented letter") + b"x" * (4 * 1024 * 1024))},
    )
    assert answer.status_code == 422
    assert "The limit is 4 MB" in answer.text
    assert not spool.held()


async def test_file_is_kept_while_the_rest_of_the_form_is_mended(
    desk: Signed, client: uuid.UUID, filing: Filing
) -> None:
    """A missing name sends no file a second time."""
    answer = await desk.browser.post(
        f"/clients/{client}/documents",
        data={"csrf_token": desk.token, "name": "", "label": "other"},
        files={"file": ("letter.pdf", papers.pdf("An invented letter"))},
    )
    assert answer.status_code == 422
    assert "Your file arrived and is kept" in answer.text.replace("&#39;", "'")
    [upload_id] = re.findall(r'name="upload_id" value="([\w-]+)"', answer.text)
    facts = {"name": "Mended", "label": "other", "upload_id": upload_id}
    done = await desk.post(f"/clients/{client}/documents", **facts)
    assert done.status_code == 303
    again = await desk.post(f"/clients/{client}/documents", **facts)
    assert again.headers["location"] == done.headers["location"]
    await file_all(filing)


async def test_newer_version_keeps_the_older_one(
    desk: Signed, client: uuid.UUID, filing: Filing
) -> None:
    """Both are handed over, by their numbers."""
    own = await added(desk, client, papers.pdf("first"))
    answer = await send(desk, f"{own}/versions", papers.pdf("second"))
    assert answer.status_code == 303
    await file_all(filing)
    assert (await desk.get(f"{own}/versions/1/file")).content == papers.pdf("first")
    assert (await desk.get(f"{own}/versions/2/file")).content == papers.pdf("second")


async def test_held_document_is_not_deleted_by_anyone(
    desk: Signed, admin: Signed, client: uuid.UUID, onprem: PlaneDatabase
) -> None:
    """Neither on the page nor in the database, until an administrator ends the hold."""
    own = await added(desk, client, papers.pdf("An invented letter"))
    assert (await desk.post(f"{own}/hold", hold_why="Case 12")).status_code == 403
    assert (await admin.post(f"{own}/hold", hold_why="")).status_code == 422
    assert (await admin.post(f"{own}/hold", hold_why="Case 12 of the county")).status_code == 303
    page = (await desk.get(own)).text
    assert "Case 12 of the county" in page
    assert (await desk.post(f"{own}/delete", why="duplicate_file")).status_code == 409
    document_id = own.rpartition("/")[2]
    sql = (
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " update practice.document set deleted_at = now(), deleted_by = 'test'"
        f" where id = '{document_id}'; end $$"
    )
    with pytest.raises(Exception, match="document_held"):
        await onprem.run(sql)
    assert (await admin.post(f"{own}/lift")).status_code == 303
    assert (await desk.post(f"{own}/delete", why="duplicate_file")).status_code == 303


async def test_deleted_document_comes_back_for_a_week_and_is_noise_after_that(
    desk: Signed, client: uuid.UUID, filing: Filing, onprem: PlaneDatabase, store: ObjectStore
) -> None:
    """Its files are removed by the worker alone, and only when the week is over."""
    own = await added(desk, client, papers.pdf("An invented letter"))
    document_id = own.rpartition("/")[2]
    await file_all(filing)
    assert (await desk.post(f"{own}/delete", why="wrong_client")).status_code == 303
    assert await filing.remove() == 0
    assert (await desk.post(f"{own}/restore")).status_code == 303
    assert (await desk.get(f"{own}/versions/1/file")).status_code == 200
    assert (await desk.post(f"{own}/delete", why="wrong_client")).status_code == 303
    [row] = await onprem.run(
        "select id from practice.document_version where document_id = $1", uuid.UUID(document_id)
    )
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " update practice.document set deleted_at = now() - interval '8 days'"
        f" where id = '{document_id}'; end $$"
    )
    assert (await desk.post(f"{own}/restore")).status_code == 409
    assert await filing.remove() == 2
    assert await filing.remove() == 0
    names = {each.object_name for each in store.client.list_objects(store.bucket)}
    assert str(row["id"]) not in names
    [left] = await onprem.run(
        "select state, data_key_sealed from practice.document_version where id = $1", row["id"]
    )
    assert tuple(left) == ("removed", None)
    assert (await desk.get(own)).status_code == 404


async def test_reason_has_to_fit_the_day_to_keep_it_until(desk: Signed, client: uuid.UUID) -> None:
    """What belongs here stays until its day; what is here by mistake may go."""
    later = (utc_now() + timedelta(days=400)).date().isoformat()
    own = await added(desk, client, papers.pdf("An invented letter"), retain_until=later)
    assert (await desk.post(f"{own}/delete", why="kept_long_enough")).status_code == 422
    assert (await desk.post(f"{own}/delete", why="wrong_client")).status_code == 303


async def test_opening_a_file_is_on_record_for_the_client(
    desk: Signed, client: uuid.UUID, filing: Filing, onprem: PlaneDatabase
) -> None:
    """It is there for anyone who asks who saw a client's record."""
    own = await added(desk, client, papers.pdf("An invented letter"))
    await file_all(filing)
    await desk.get(f"{own}/versions/1/file")
    found = await onprem.run(
        "select actor, purpose from audit.event where act = 'read' and subject_kind = 'client' and $1 = any(subject_ids)",
        client,
    )
    assert "document.open" in {row["purpose"] for row in found}


async def test_file_waits_while_the_store_is_away(
    desk: Signed, client: uuid.UUID, filing: Filing, store: ObjectStore, spool: Spool
) -> None:
    """Nothing is lost, the page says so, and it is stored once the store answers."""
    own = await added(desk, client, papers.pdf("An invented letter"))
    nowhere = replace(
        store,
        client=Minio(
            "127.0.0.1:9", access_key="a", secret_key="b", secure=False, http_client=QUICK
        ),
    )
    with pytest.raises(Unavailable):
        await replace(filing, store=nowhere).check()
    assert "The file is safe in the office" in (await desk.get(own)).text
    assert len(spool.held()) == 1
    await file_all(filing)
    assert (await desk.get(f"{own}/versions/1/file")).content == papers.pdf("An invented letter")


@pytest.mark.parametrize("role", ["it_support", "trainer", "compliance"])
async def test_other_roles_see_no_document(
    role: str, as_role: AsRole, desk: Signed, client: uuid.UUID
) -> None:
    """Neither page nor file nor form."""
    own = await added(desk, client, papers.pdf("An invented letter"))
    other = await as_role(role)
    for path in (own, f"{own}/versions/1/file", f"/clients/{client}/documents/new"):
        assert (await other.get(path)).status_code == 403
    assert (
        await send(other, f"/clients/{client}/documents", papers.pdf("An invented letter"))
    ).status_code == 403


async def test_form_without_its_token_is_refused(desk: Signed, client: uuid.UUID) -> None:
    """A form of a foreign page has no token in front of its file."""
    answer = await desk.browser.post(
        f"/clients/{client}/documents",
        data={"name": "x", "label": "other"},
        files={"file": ("a.pdf", papers.pdf("An invented letter"))},
    )
    assert answer.status_code == 403


def test_the_form_offers_every_label() -> None:
    """Rules and form know the same codes."""
    assert Label.__args__ == LABELS
