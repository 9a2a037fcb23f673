"""The tray with two people at it: what one did since is not undone, deleted or overlooked by the other."""

import re

import asyncpg
import pytest

from lmhg_gateway.features.documents.filing import Filing
from lmhg_gateway.features.tray.intake import Intake
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Browsers, Signed
from lmhg_stack.testing import PlaneDatabase

from ..test_oauth_clients import (  # noqa: TID252 - programs of another test
    program,
    signing,  # noqa: F401 # pyright: ignore[reportUnusedImport] - a fixture
    token_of,
)
from . import papers  # noqa: TID252 - beside this file
from .conftest import file_all  # noqa: TID252 - beside this file
from .test_documents import send  # noqa: TID252 - beside this file
from .test_tray import known, undo_in  # noqa: TID252 - beside this file
from .trays import add, fax, page_ids  # noqa: TID252 - beside this file


async def client_of(onprem: PlaneDatabase, own: str) -> str:
    """The client that a paper has now."""
    query = "select client_id from practice.paper where id = $1::uuid"
    [row] = await onprem.run(query, own.rpartition("/")[2])
    return str(row["client_id"])


async def test_paper_is_filed_for_the_client_that_the_page_named(
    desk: Signed, as_role: AsRole, intake: Intake, onprem: PlaneDatabase
) -> None:
    """A colleague chose another client after the form was opened: nothing is filed, by page or by program."""
    one = await known(desk, "Ottoline Brackenfen", "1984-03-31")
    other = await known(desk, "Perpetua Wintermoor", "1971-01-02")
    [own] = await add(desk, intake, ("fax 9.pdf", fax("A letter")))
    await desk.post(f"{own}/client", client_id=one)
    form = (await desk.get(f"{own}/file")).text
    assert "File for Ottoline Brackenfen" in form
    hidden = dict(re.findall(r'type="hidden" name="(client_id)" value="([^"]*)"', form))
    assert hidden == {"client_id": one}
    colleague = await as_role("admin")
    await colleague.post(f"{own}/client", client_id=other)
    named = {**hidden, "name": "Letter", "label": "records"}
    filed = await desk.post(f"{own}/file", **named)
    assert filed.status_code == 409
    assert "Someone already changed this paper" in filed.text
    desk.browser.headers["x-csrf-token"] = desk.token
    paper = own.replace("/tray/", "/api/v1/tray/papers/")
    answer = await desk.browser.post(f"{paper}/filing", json=named)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "paper_changed")
    [row] = await onprem.run(
        "select count(*) from practice.document where client_id in ($1::uuid, $2::uuid)", one, other
    )
    assert row["count"] == 0
    assert await client_of(onprem, own) == other
    assert (await desk.post(f"{own}/file", **{**named, "client_id": other})).status_code == 303


async def filed(desk: Signed, filing: Filing, own: str, client: str) -> str:
    """File a paper; the address of its document."""
    await desk.post(f"{own}/client", client_id=client)
    answer = await desk.post(f"{own}/file", client_id=client, name="Letter", label="records")
    assert answer.status_code == 303, answer.text
    await file_all(filing)
    return answer.headers["location"].partition("?")[0]


async def is_deleted(onprem: PlaneDatabase, document: str) -> bool:
    """Whether a document is deleted."""
    query = "select deleted_at from practice.document where id = $1::uuid"
    [row] = await onprem.run(query, document.rpartition("/")[2])
    return row["deleted_at"] is not None


async def test_return_of_a_paper_deletes_no_newer_version(
    admin: Signed, as_role: AsRole, intake: Intake, filing: Filing, onprem: PlaneDatabase
) -> None:
    """A colleague put a newer file to the document since: taking the paper back is refused."""
    client = await known(admin, "Leontyne Marchbanks", "1984-03-31")
    [own] = await add(admin, intake, ("fax 2.pdf", fax("A letter")))
    document = await filed(admin, filing, own, client)
    colleague = await as_role("clinician")
    newer = papers.pdf("The signed one")
    sent = await send(colleague, f"{document}/versions", newer, called="signed.pdf")
    assert sent.status_code == 303, sent.text
    await file_all(filing)
    back = await admin.post(f"{own}/return")
    assert back.status_code == 409
    assert "delete it on its own page first" in back.text
    assert not await is_deleted(onprem, document)


async def test_paper_whose_document_was_deleted_comes_back(
    admin: Signed, intake: Intake, filing: Filing, onprem: PlaneDatabase
) -> None:
    """Filed for the wrong client and deleted on the document's own page: the paper can be filed again."""
    client = await known(admin, "Marguerite Holloway", "1984-03-31")
    [own] = await add(admin, intake, ("fax 3.pdf", fax("A letter")))
    document = await filed(admin, filing, own, client)
    await admin.follow(f"{document}/delete", why="wrong_client")
    assert (await admin.post(f"{own}/return")).status_code == 303
    assert await is_deleted(onprem, document)
    assert await filed(admin, filing, own, client) != document


async def test_undo_of_a_choice_keeps_what_a_colleague_chose_since(
    admin: Signed, as_role: AsRole, intake: Intake, onprem: PlaneDatabase
) -> None:
    """It takes back one's own choice alone, and so does a program."""
    one = await known(admin, "Theodora Ashgrove", "1984-03-31")
    other = await known(admin, "Gwendolyn Larkspur", "1971-01-02")
    [own] = await add(admin, intake, ("fax 4.pdf", fax("A letter")))
    chosen = await admin.post(f"{own}/client", client_id=one)
    page = (await admin.get(chosen.headers["location"])).text
    undo = re.findall(r'action="([^"]*/client/clear[^"]*)"', page)[-1]
    colleague = await as_role("clinician")
    assert (await colleague.post(f"{own}/client", client_id=other)).status_code == 303
    assert (await admin.post(undo)).status_code == 409
    paper = own.replace("/tray/", "/api/v1/tray/papers/")
    admin.browser.headers["x-csrf-token"] = admin.token
    assert (await admin.browser.delete(f"{paper}/client/{one}")).status_code == 409
    assert await client_of(onprem, own) == other
    cleared = await admin.browser.delete(f"{paper}/client/{other}")
    assert cleared.json()["client_id"] is None


@pytest.mark.usefixtures("signing")
async def test_program_without_the_scope_of_referrals_closes_none(  # noqa: PLR0917 - fixtures
    admin: Signed,
    as_role: AsRole,
    identity_edge: Edge,
    browsers: Browsers,
    intake: Intake,
    onprem: PlaneDatabase,
) -> None:
    """Starting a referral from a paper asks for that scope; closing it again by the way back does too."""
    deputy = await as_role("deputy")
    client = await known(admin, "Thessaly Quillmarsh", "1984-03-31")
    [own] = await add(admin, intake, ("fax 2.pdf", fax("Patient: Thessaly Quillmarsh")))
    await admin.post(f"{own}/client", client_id=client)
    form = (await admin.get(f"{own}/refer")).text
    begun = await admin.post(
        f"{own}/refer",
        client_id=client,
        name="Referral letter",
        source_category="physician",
        source="Dr. Okafor",
        received_on=re.findall(r'name="received_on"[^>]*value="([^"]+)"', form)[0],
        channel="fax",
        concern_code="anxiety",
        urgency="routine",
        payer="unknown",
    )
    assert begun.status_code == 303, begun.text
    referral = begun.headers["location"].partition("?")[0]
    _, secret = await program(admin, deputy, "paper-sorter", "documents")
    robot = browsers()
    token = await token_of(identity_edge, "paper-sorter", secret)
    robot.headers["authorization"] = f"Bearer {token}"
    paper = own.replace("/tray/", "/api/v1/tray/papers/")
    assert (await robot.post(f"{paper}/return")).status_code == 403
    query = "select state from practice.referral where id = $1::uuid"
    [row] = await onprem.run(query, referral.rpartition("/")[2])
    assert row["state"] == "received"
    assert (await admin.post(f"{own}/return")).status_code == 303


async def test_undo_of_a_split_puts_no_two_pages_at_one_place(desk: Signed, intake: Intake) -> None:
    """Another paper was joined to what the split left: it is refused until that is undone first."""
    [own] = await add(desk, intake, ("three.pdf", fax("Page A", "Page B", "Page C")))
    came = await page_ids(desk, own)
    split = await desk.post(f"{own}/split", starts=came[1])
    undo_split = undo_in((await desk.get(split.headers["location"])).text)
    [other] = await add(desk, intake, ("more.pdf", fax("Page X", "Page Y")))
    joined = await desk.post(f"{own}/join", papers=other.rpartition("/")[2])
    undo_join = undo_in((await desk.get(joined.headers["location"])).text)
    assert len(await page_ids(desk, own)) == 3
    assert (await desk.post(undo_split)).status_code == 409
    assert (await desk.post(undo_join)).status_code == 303
    assert (await desk.post(undo_split)).status_code == 303
    assert await page_ids(desk, own) == came


async def test_file_of_a_document_that_was_removed_is_read_by_nobody(
    admin: Signed, intake: Intake, filing: Filing, onprem: PlaneDatabase
) -> None:
    """A week after a filed paper's document was deleted neither the file nor a page's picture is handed out."""
    client = await known(admin, "Hepzibah Nightingale", "1984-03-31")
    [own] = await add(admin, intake, ("fax 1.pdf", fax("A letter to be forgotten")))
    document = await filed(admin, filing, own, client)
    [page] = await page_ids(admin, own)
    original = re.findall(r"/tray/files/[0-9a-f-]{36}/original", (await admin.get(own)).text)[0]
    await admin.follow(f"{document}/delete", why="wrong_client")
    assert (await admin.get(original)).status_code == 200
    link = await asyncpg.connect(onprem.url("postgres"))
    async with link.transaction():
        await link.execute(
            "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
        )
        await link.execute("alter table practice.document disable trigger user")
        await link.execute(
            "update practice.document set deleted_at = now() - interval '30 days' where id = $1::uuid",
            document.rpartition("/")[2],
        )
        await link.execute("alter table practice.document enable trigger user")
    await link.close()
    while await filing.remove():
        pass
    for path in (original, f"/api/v1{original}", f"/tray/pages/{page}/picture"):
        assert (await admin.get(path)).status_code == 404
