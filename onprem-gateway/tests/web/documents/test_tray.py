"""The tray: papers come in, their pages are sorted, and each is filed, starts a referral, or is set aside."""

import hashlib
import re
import uuid

import pytest

from lmhg_gateway.features.documents.filing import Filing
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.features.tray.orientation import turned_picture
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .conftest import file_all  # noqa: TID252 - beside this file
from .trays import OWN, add, fax, page_ids, take_all, texts_of  # noqa: TID252 - beside this file

ABOUT = "Patient Name: Ottoline Brackenfen DOB: 03/31/1984"


async def known(desk: Signed, name: str, born: str) -> str:
    """The id of a client who is on record."""
    answer = await desk.post("/clients", legal_name=name, birth_date=born, other_person="1")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


def undo_in(text: str) -> str:
    """Where the toast's undo goes."""
    return re.findall(r'action="([^"]*/(?:undo|return|clear|leave)[^"]*)"', text)[-1]


async def test_paper_comes_in_is_matched_and_filed_and_comes_back(
    desk: Signed, filing: Filing, intake: Intake
) -> None:
    """What is filed is what came, to the byte; undone, the paper waits again and its document is deleted."""
    client = await known(desk, "Ottoline Brackenfen", "1984-03-31")
    data = fax(ABOUT, "Second page")
    [own] = await add(desk, intake, ("fax 1.pdf", data))
    page = (await desk.get(own)).text
    assert "We read this from the paper" in page
    assert "same name, same birth date" in page
    assert hashlib.sha256(data).hexdigest() in page
    assert "Papers in the tray" in (await desk.get("/")).text
    chosen = await desk.post(f"{own}/client", client_id=client)
    assert chosen.headers["location"].startswith(f"{own}/file")
    named = {"client_id": client, "name": "Letter of a doctor", "label": "referral_letter"}
    filed = await desk.post(f"{own}/file", **named)
    assert filed.status_code == 303, filed.text
    document = filed.headers["location"].partition("?")[0]
    await file_all(filing)
    assert (await desk.get(f"{document}/versions/1/file")).content == data
    assert f'href="{own}"' not in (await desk.get("/tray")).text
    assert own in (await desk.get("/tray?which=filed")).text
    assert f'href="{own}">From the tray: 2 pages, added by hand' in (await desk.get(document)).text
    again = await desk.post(f"{own}/file", **named)
    assert again.status_code == 409
    assert (await desk.post(f"{own}/return")).status_code == 303
    assert own in (await desk.get("/tray")).text
    assert "This document was deleted" in (await desk.get(document)).text


async def test_paper_starts_a_referral_of_someone_new_and_both_are_taken_back(
    desk: Signed, filing: Filing, intake: Intake, onprem: PlaneDatabase
) -> None:
    """The client is added from the paper, the referral has it as its letter; undone, it is closed as a mistake."""
    [own] = await add(desk, intake, ("fax 2.pdf", fax("Patient: Thessaly Quillmarsh")))
    added = await desk.post(f"{own}/person", legal_name="Thessaly Quillmarsh", birth_date="")
    assert added.status_code == 303, added.text
    form = (await desk.get(f"{own}/refer")).text
    assert "Start a referral for Thessaly Quillmarsh" in form
    facts = {
        "client_id": re.findall(r'name="client_id" value="([^"]+)"', form)[0],
        "name": "Referral letter",
        "received_on": re.findall(r'name="received_on"[^>]*value="([^"]+)"', form)[0],
        "source_category": "physician",
        "source": "Dr. Okafor",
        "channel": "fax",
        "concern_code": "anxiety",
        "urgency": "routine",
        "payer": "unknown",
    }
    wrong = await desk.post(f"{own}/refer", **{**facts, "source_category": ""})
    assert wrong.status_code == 422
    assert "Dr. Okafor" in wrong.text
    begun = await desk.post(f"{own}/refer", **facts)
    assert begun.status_code == 303, begun.text
    referral = begun.headers["location"].partition("?")[0]
    page = (await desk.get(referral)).text
    assert "Referral letter" in page
    assert "Dr. Okafor" in page
    assert (await desk.post(f"{own}/return")).status_code == 303
    [row] = await onprem.run(
        f"select state, state_reason from practice.referral where id = '{referral.rpartition('/')[2]}'"
    )
    assert tuple(row) == ("closed", "by_mistake")


async def test_pages_are_turned_split_moved_joined_and_put_back(
    desk: Signed, filing: Filing, intake: Intake, onprem: PlaneDatabase
) -> None:
    """Each step is one press and one undo; what is filed has exactly the pages that are in the paper."""
    client = await known(desk, "Ansgar Follywater", "1990-05-05")
    [own] = await add(desk, intake, ("three.pdf", fax("Page A", "Page B", "Page C")))
    a, b, c = await page_ids(desk, own)
    await desk.post(f"{own}/turn", page=a)
    await desk.post(f"{own}/move", page=c, by="-1")
    assert await page_ids(desk, own) == [a, c, b]
    split = await desk.post(f"{own}/split", starts=b)
    assert await page_ids(desk, own) == [a, c]
    undo = undo_in((await desk.get(split.headers["location"])).text)
    parts = [each for each in OWN.findall((await desk.get("/tray")).text) if each != own]
    assert (await desk.post(undo)).status_code == 303
    assert await page_ids(desk, own) == [a, c, b]
    assert (await desk.post(undo)).status_code == 409
    assert len(set(parts)) >= 1
    [other] = await add(desk, intake, ("photo.jpg", papers.picture("JPEG", size=(300, 200))))
    joined = await desk.post(f"{own}/join", papers=other.rpartition("/")[2])
    assert joined.status_code == 303
    assert len(await page_ids(desk, own)) == 4
    assert "joined to another one" in (await desk.get(other)).text
    picture = await desk.get(f"/tray/pages/{a}/picture")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "no-store"
    assert b"Exif" in picture.content[:40]
    await desk.post(f"{own}/client", client_id=client)
    filed = await desk.post(
        f"{own}/file", client_id=client, name="Three pages and a photo", label="records"
    )
    await file_all(filing)
    kept = (
        await desk.get(f"{filed.headers['location'].partition('?')[0]}/versions/1/file")
    ).content
    assert texts_of(kept) == ["Page A", "Page C", "Page B", ""]
    late = await desk.post(f"{own}/turn", page=a)
    assert late.status_code == 409
    [row] = await onprem.run(
        "select (select count(*) from practice.paper_page),"
        " (select sum(page_count) from practice.paper_file where state = 'stored'),"
        " (select sum(page_count) from practice.paper)"
    )
    assert row[0] == row[1] == row[2] > 0


async def test_photos_that_belong_together_become_one_paper_and_others_one_each(
    desk: Signed, intake: Intake
) -> None:
    """In the order in which they were chosen; one that can't be taken does not hold up the others."""
    photos = [(f"{n}.png", papers.picture("PNG", size=(80, 60 + n))) for n in range(3)]
    [own] = await add(desk, intake, *photos, ("run.html", papers.archive()), together="1")
    assert len(await page_ids(desk, own)) == 3
    page = (await desk.get(own)).text
    assert [page.count(f"{n}.png") > 0 for n in range(3)] == [True] * 3
    apart = await add(desk, intake, *photos[:2])
    assert len(apart) >= 2


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("page.html", b"<html><script>alert(1)</script>", "web content"),
        ("broken.pdf", b"%PDF-1.7 and nothing else", "damaged"),
        ("note.txt", b"just a note\n", "The tray takes PDFs"),
    ],
)
async def test_file_that_cannot_be_taken_says_why(
    name: str, data: bytes, said: str, desk: Signed, intake: Intake
) -> None:
    """On its page, and in the list."""
    [own] = await add(desk, intake, (name, data))
    assert said in (await desk.get(own)).text
    listed = (await desk.get("/tray")).text
    assert said in listed
    [count] = re.findall(r"(\d+) papers?\b", listed)[:1]
    home = re.sub(r"\s+|<[^>]*>", " ", (await desk.get("/")).text)
    assert re.search(rf"\b{count} +Papers? in the tray", home)
    assert (await desk.post(f"{own}/dismiss")).status_code == 303
    assert f'href="{own}"' not in (await desk.get("/tray")).text


async def test_paper_that_is_not_ours_is_set_aside_until_its_sender_is_told(
    desk: Signed, intake: Intake
) -> None:
    """Its file is kept, and comes back to the byte."""
    data = fax("For another practice")
    [own] = await add(desk, intake, ("wrong.pdf", data))
    assert (await desk.post(f"{own}/set-aside")).status_code == 422
    assert (await desk.post(f"{own}/set-aside", why="wrong_number")).status_code == 303
    assert own in (await desk.get("/tray?which=tell")).text
    assert (await desk.post(f"{own}/told")).status_code == 303
    assert f'href="{own}"' not in (await desk.get("/tray?which=tell")).text
    assert own in (await desk.get("/tray?which=aside")).text
    original = re.findall(r"/tray/files/[0-9a-f-]{36}/original", (await desk.get(own)).text)[0]
    kept = await desk.get(original)
    assert kept.content == data
    assert kept.headers["content-disposition"].startswith("attachment;")
    assert (await desk.post(f"{own}/return")).status_code == 303
    assert own in (await desk.get("/tray")).text


async def test_someone_who_may_be_on_record_is_shown_before_a_client_is_added(
    desk: Signed, intake: Intake
) -> None:
    """Adding them anyway takes that they were shown."""
    client = await known(desk, "Perpetua Stonevale", "1977-07-07")
    [own] = await add(desk, intake, ("fax.pdf", fax("No name here")))
    assert (await desk.post(f"{own}/about")).status_code == 422
    about = {"about_name": "Perpetua Stonevale", "about_born": "1977-07-07"}
    assert (await desk.post(f"{own}/about", **about)).status_code == 303
    assert f'value="{client}"' in (await desk.get(own)).text
    person = {"legal_name": "Perpetua Stonevale", "birth_date": "1977-07-07"}
    unseen = await desk.post(f"{own}/person", **person)
    assert unseen.status_code == 422
    assert (await desk.post(f"{own}/person", **person, shown=client)).status_code == 303
    by_birth = {"about_name": "", "about_born": "1977-07-07"}
    await desk.post(f"{own}/client/clear/{client}")
    assert (await desk.post(f"{own}/about", **by_birth)).status_code == 303
    text = (await desk.get(own)).text
    assert "same birth date" in text


async def test_program_does_all_that_the_pages_do(
    desk: Signed, client: uuid.UUID, intake: Intake
) -> None:
    """Added, arranged, matched, filed and taken back, by the same rules."""
    program = desk.browser
    program.headers["x-csrf-token"] = desk.token
    data = fax("One", "Two", ABOUT)
    head = {
        "tus-resumable": "1.0.0",
        "upload-length": str(len(data)),
        "content-type": "application/offset+octet-stream",
    }
    upload = (await program.post("/api/v1/uploads", content=data, headers=head)).headers["location"]
    sent = {"upload_id": [upload.rpartition("/")[2]]}
    made = await program.post("/api/v1/tray/papers", json=sent)
    assert made.status_code == 201, made.text
    assert (await program.post("/api/v1/tray/papers", json=sent)).json() == made.json()
    [paper] = made.json()["papers"]
    assert paper["state"] == "reading"
    await take_all(intake)
    own = f"/api/v1/tray/papers/{paper['id']}"
    whole = (await program.get(own)).json()
    assert whole["files"][0]["sha256"] == hashlib.sha256(data).hexdigest()
    assert whole["paper"]["about_name"] == "Ottoline Brackenfen"
    one, two, three = (each["id"] for each in whole["pages"])
    await program.post(f"{own}/turn", json={"page": one})
    await program.post(f"{own}/move", json={"page": two, "by": 1})
    step = (await program.post(f"{own}/split", json={"starts": [three]})).json()["step_id"]
    assert (await program.post(f"{own}/steps/{step}/undo")).json()["pages"] == 3
    found = await program.post(f"{own}/about", json={"about_name": "Ottoline Brackenfen"})
    assert found.status_code == 200
    named = {"client_id": str(client), "name": "A", "label": "records"}
    assert (await program.post(f"{own}/filing", json=named)).status_code == 409
    await program.post(f"{own}/client", json={"client_id": str(client)})
    assert (await program.put(f"{own}/owner", json={"owner_id": None})).json()["owner_id"] is None
    filed = await program.post(f"{own}/filing", json=named)
    assert filed.json()["document_id"], filed.text
    back = (await program.post(f"{own}/return")).json()
    assert (back["state"], back["document_id"]) == ("open", None)
    assert (await program.get(f"/api/v1/tray/pages/{one}/picture")).content[:2] == b"\xff\xd8"
    aside = await program.post(f"{own}/set-aside", json={"why": "spam"})
    assert aside.json()["set_aside_why"] == "spam"
    assert (await program.post(f"{own}/told")).status_code == 409


@pytest.mark.parametrize("role", ["compliance", "trainer", "it_support"])
async def test_others_do_not_see_the_tray(role: str, as_role: AsRole) -> None:
    """Neither the list nor the API."""
    signed = await as_role(role)
    assert (await signed.get("/tray")).status_code == 403
    assert (await signed.get("/api/v1/tray")).status_code == 403


async def test_wall_keeps_the_pages_of_a_paper_that_is_filed(
    desk: Signed, client: uuid.UUID, intake: Intake, onprem: PlaneDatabase
) -> None:
    """No login moves any of them, deletes any page, or puts two at one place."""
    [own] = await add(desk, intake, ("kept.pdf", fax("Kept")))
    await desk.post(f"{own}/client", client_id=str(client))
    kept = {"client_id": str(client), "name": "Kept", "label": "other"}
    assert (await desk.post(f"{own}/file", **kept)).status_code == 303
    [page] = await page_ids(desk, own)
    [loose] = await add(desk, intake, ("loose.pdf", fax("One", "Two")))
    one, _ = await page_ids(desk, loose)
    with pytest.raises(Exception, match="uq_paper_page_paper_id_place"):
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true);"
            f" update practice.paper_page set place = 2 where id = '{one}'; end $$"
        )
    for statement in (
        f"update practice.paper_page set turn = 90 where id = '{page}'",
        f"delete from practice.paper_page where id = '{page}'",
    ):
        with pytest.raises(Exception, match="paper_stands"):
            await onprem.run(
                "do $$ begin perform set_config('app.actor', 'process: worker', true),"
                f" set_config('app.purpose', 'test', true); {statement}; end $$"
            )


def test_turned_picture_keeps_its_points() -> None:
    """Only what the browser is told changes."""
    jpeg = papers.picture("JPEG", size=(40, 20))
    assert turned_picture(jpeg, 0) == jpeg
    assert turned_picture(jpeg, 90).endswith(jpeg[2:])
    assert turned_picture(b"no picture", 90) == b"no picture"


async def test_press_that_is_refused_leaves_no_upload(
    desk: Signed, filing: Filing, intake: Intake, onprem: PlaneDatabase
) -> None:
    """More wrong presses than one may have uploads at once, of each kind; then one that is right."""
    client = await known(desk, "Isaura Penhallow", "1984-03-31")
    [own] = await add(desk, intake, ("fax.pdf", fax("A letter")))
    await desk.post(f"{own}/client", client_id=client)
    named = {"client_id": client, "name": "Letter", "label": "records"}
    paper = own.replace("/tray/", "/api/v1/tray/papers/")
    desk.browser.headers["x-csrf-token"] = desk.token
    wrong = [
        (await desk.post(f"{own}/file", **{**named, "name": ""})).status_code,
        (await desk.post(f"{own}/file", **{**named, "client_id": str(uuid.uuid4())})).status_code,
        (await desk.post(f"{own}/file", **named, referral_id=str(uuid.uuid4()))).status_code,
        (await desk.post(f"{own}/refer", client_id=client, name="")).status_code,
        (
            await desk.browser.post(
                f"{paper}/filing", json={**named, "referral_id": str(uuid.uuid4())}
            )
        ).status_code,
    ]
    assert wrong == [422, 409, 404, 422, 404]
    [row] = await onprem.run("select count(*) from practice.upload where state = 'open'")
    assert row["count"] == 0
    assert (await desk.post(f"{own}/file", **named)).status_code == 303
