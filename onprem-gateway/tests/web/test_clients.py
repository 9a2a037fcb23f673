"""Clients: written down, found by anything one may know, changed, and never named in an address."""

import pytest

from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.ui.formats import short_number
from lmhg_stack.testing import PlaneDatabase

PERSON = {
    "legal_name": "María Quillfeather-O'Dell",
    "name_used": "Sunny",
    "birth_date": "1984-03-31",
    "mobile": "(606) 555-0142",
    "email": "Sunny@example.test",
}


@pytest.fixture
async def desk(as_role: AsRole):
    """The front desk, with one client on record."""
    person = await as_role("front_desk")
    await person.follow("/clients", other_person="1", **PERSON)
    return person


async def test_new_client_is_shown_with_a_notice(desk: Signed) -> None:
    """After saving one sees the client, and that it was saved."""
    page = await desk.follow("/clients", legal_name="Bram Abernathy", pronouns="he/him")
    assert page.status_code == 200
    assert "Bram Abernathy" in page.text
    number = short_number(page.url.path.rsplit("/", 1)[1], "C")
    assert f"Client {number} added." in page.text


@pytest.mark.parametrize(
    "text",
    [
        "quill", "maria", "MARÍA", "o'dell", "sunny", "sunny quill", "6065550142", "606-555-0142",
        "+1 606 555 0142", "sunny@EXAMPLE.test", "1984-03-31", "3/31/1984",
    ],
)  # fmt: skip
async def test_client_is_found_by_anything_one_may_know(desk: Signed, text: str) -> None:
    """One box: any word's beginning, accents folded, name used, phone, e-mail, birth date."""
    page = await desk.follow("/clients/search", q=text)
    assert "Sunny (María Quillfeather" in page.text


@pytest.mark.parametrize("text", ["zebulon", "sunny zebulon", "1984-04-01", "6065550143"])
async def test_wrong_search_finds_nobody(desk: Signed, text: str) -> None:
    """Every word has to fit."""
    page = await desk.follow("/clients/search", q=text)
    assert "No one found" in page.text


async def test_search_is_kept_until_it_is_cleared(desk: Signed) -> None:
    """Coming back shows the same list; the clearing form sends no text, and shows everybody."""
    await desk.follow("/clients/search", q="quill")
    assert "found for" in (await desk.get("/clients")).text
    assert "found for" not in (await desk.follow("/clients/search")).text
    assert "found for" not in (await desk.get("/clients")).text


async def test_search_text_stays_out_of_the_address_and_in_the_session(
    desk: Signed, as_role: AsRole
) -> None:
    """The redirect carries no text, the cookie is sealed, and it opens in this session alone."""
    answer = await desk.post("/clients/search", q="quillfeather")
    assert answer.headers["location"] == "/clients"
    line = answer.headers["set-cookie"]
    assert "quill" not in line.lower()
    other = await as_role("front_desk")
    cookie = line.split(";")[0].split("=", 1)
    other.browser.cookies.set(cookie[0], cookie[1])
    assert "found for" not in (await other.get("/clients")).text


async def test_bad_fields_are_named_and_kept(desk: Signed) -> None:
    """Errors stand at their fields; what was typed is still there; nothing is saved."""
    answer = await desk.post(
        "/clients", other_person="1", legal_name="", phone="call me", birth_date="soon"
    )
    assert answer.status_code == 422
    for part in ("Please check 3 fields", "area code", "call me", 'href="#legal_name"'):
        assert part in answer.text


async def test_edit_changes_what_is_found(desk: Signed) -> None:
    """After a change the old name finds nobody and the new one does."""
    page = await desk.follow("/clients", legal_name="Temporary Nameson")
    path = page.url.path
    await desk.follow(path, legal_name="Permanent Nameson", part2="1", version="1")
    assert "No one found" in (await desk.follow("/clients/search", q="temporary")).text
    assert "Permanent Nameson" in (await desk.follow("/clients/search", q="permanent")).text
    refused = await desk.post(path, legal_name="Permanent Nameson", version="2")
    assert refused.status_code == 422
    assert "This protection stays on" in refused.text


async def test_reading_a_client_is_audited_by_id(desk: Signed, onprem: PlaneDatabase) -> None:
    """Who saw whom and why is recorded with the page, without a value."""
    page = await desk.follow("/clients", legal_name="Audited Person")
    client_id = page.url.path.rsplit("/", 1)[1]
    rows = await onprem.run(
        "select actor, purpose, zone, request_id from audit.event"
        " where act = 'read' and subject_kind = 'client' and $1::uuid = any(subject_ids)",
        client_id,
    )
    assert [(row["purpose"], row["zone"]) for row in rows] == [("client.view", "inside")]
    assert rows[0]["request_id"] == page.headers["x-request-id"]


async def test_text_is_escaped_on_the_page(desk: Signed) -> None:
    """A name that is markup is shown as it is."""
    page = await desk.follow("/clients", legal_name="<script>alert(1)</script>")
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_birth_date_is_written_as_in_the_us_wherever_it_is_shown(as_role: AsRole) -> None:
    """The client's own page, the list, the search of everything and the officer's report say one thing."""
    desk, officer = await as_role("front_desk"), await as_role("compliance")
    name = "Wenda Larkspindle"
    page = await desk.follow("/clients", legal_name=name, birth_date="1969-10-08")
    assert "Oct 8, 1969" in page.text
    await desk.post("/clients/search", q=name)
    shown = [
        page.text,
        (await desk.get("/clients")).text,
        (await desk.post("/search", q=name)).text,
    ]
    shown.append((await officer.post("/compliance/access/clients", q=name)).text)
    for text in shown:
        assert "Oct 8, 1969" in text
        assert "1969-10-08" not in text


@pytest.mark.parametrize("born", ["2090-01-01", "1899-12-31"])
async def test_impossible_birth_date_is_refused(desk: Signed, born: str) -> None:
    """Nobody is born in the future or before 1900."""
    answer = await desk.post("/clients", legal_name="Future Child", birth_date=born)
    assert (answer.status_code, "Birth date: " in answer.text) == (422, True)


async def test_same_person_twice_asks_first(desk: Signed) -> None:
    """Of one name and nothing that differs: shown who is on record; a check mark adds someone else."""
    first = (
        await desk.follow("/clients", legal_name="Ignatius Wren", mobile="502 555 0142")
    ).url.path
    again = {"legal_name": "Wren, Ignatius", "phone": "(502) 555-0142"}
    asked = await desk.post("/clients", **again)
    assert asked.status_code == 422
    assert f'href="{first}"' in asked.text
    assert "This is someone else" in asked.text
    made = await desk.follow("/clients", **again, other_person="1")
    assert made.url.path != first


async def test_namesake_of_another_birth_date_is_added_at_once(desk: Signed) -> None:
    """The negative control: a birth date or a phone that differs tells them apart."""
    await desk.follow("/clients", legal_name="Cordelia Finch", birth_date="1969-10-08")
    await desk.follow("/clients", legal_name="Cordelia Finch", birth_date="1984-03-31")
    await desk.follow("/clients", legal_name="Casper Finch", mobile="502 555 0101")
    await desk.follow("/clients", legal_name="Casper Finch", mobile="502 555 0102")


async def test_many_of_one_name_are_counted_and_paged(desk: Signed) -> None:
    """Sixty are told as sixty, on two pages; the palette leads to all of them."""
    for number in range(60):
        await desk.post(
            "/clients", legal_name=f"Sixtus Holloway {'abcdefghij'[number % 10]}", other_person="1"
        )
    page = (await desk.follow("/clients/search", q="holloway")).text
    assert "60 clients found for" in page
    assert page.count('class="lead') == 50
    second = (await desk.get("/clients?page=2")).text
    assert second.count('class="lead') == 10
    part = await desk.browser.post(
        "/search", data={"csrf_token": desk.token, "q": "holloway"}, headers={"hx-request": "true"}
    )
    assert "See all in Clients" in part.text
    await desk.post("/clients/search", q="")


async def test_list_of_clients_is_taken_along_without_formulas(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """A name that a spreadsheet would compute is text; the export and what was read are on record."""
    await desk.post("/clients", legal_name="=cmd Formula")
    file = await desk.get("/clients?as=csv")
    assert "'=cmd Formula" in file.text
    acts = await onprem.run(
        "select count(*) from audit.event where act = 'export' and subject_kind = 'client'"
    )
    assert acts[0]["count"] == 1
    total = await onprem.run("select count(*) from practice.client")
    assert f"{total[0]['count']} clients" in (await desk.get("/clients")).text
