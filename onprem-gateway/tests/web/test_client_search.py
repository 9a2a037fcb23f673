"""Client search: what the office types is found, and what cannot be understood says so."""

import html
from collections.abc import AsyncIterator
from datetime import date

import pytest

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.public import TOKEN_SCHEME, search
from lmhg_gateway.features.clients.reindexing import Reindexer
from lmhg_gateway.features.clients.search_rules import TOO_LITTLE, TOO_LONG, search_groups
from lmhg_kit.errors import Invalid
from lmhg_kit.http.testing import AsRole
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.blind_index import BlindIndex
from lmhg_stack.testing import PlaneDatabase

ANA = Actor("process: test")


@pytest.fixture
async def db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    made = Database(onprem.url("gw_worker"), pool_size=3)
    yield made
    await made.close()


INDEX = BlindIndex(b"i" * 32)


def finds(typed: str, *, name: str = "", phone: str = "", born: str = "", number: str = "") -> bool:
    """Whether a search finds a client with this on record, by tokens alone."""
    held = INDEX.name_tokens(name) | INDEX.phone_token(phone) | INDEX.id_token(number)
    held |= INDEX.date_token(date.fromisoformat(born) if born else None)
    groups = search_groups(typed, INDEX)
    return all(group & held for group in groups)


@pytest.mark.found("b2", "an apostrophe of any kind, or none, finds the same name")
@pytest.mark.found("b4", "letters that do not decompose are found by the plain ones")
@pytest.mark.found("b9", "names in pieces and in one word find each other")
@pytest.mark.found("b10", "what nobody sees in a record hides it from nobody")
@pytest.mark.found("b14", "umlauts are found written out and folded, both ways")
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Keira O'Brien", "OBrien"), ("Keira O'Brien", "obrien"), ("Keira O'Brien", "obri"), ("Keira OBrien", "O'Brien"),
        ("Keira O\u02bcBrien", "o'brien"), ("Keira O'Brien", "keira o\u2019brien"), ("Keira O'Brien", "brien"),
        ("Søren Holm", "Soren"), ("Łukasz Nowicki", "lukasz"), ("Đặng Thu", "Dang"), ("Ada Y\u0131ld\u0131z", "yildiz"),
        ("Ada Ægisson", "aegisson"), ("Ada McDonald", "Mc Donald"), ("Ada Mc Donald", "McDonald"), ("Ada Mc Donald", "mcdon"),
        ("Ada de la Cruz", "Dela Cruz"), ("Ada de la Cruz", "DelaCruz"), ("Ada DelaCruz", "de la Cruz"),
        ("Ada Dela Cruz", "de la Cruz"), ("Jean-Paul Banks", "Jeanpaul"), ("Jeanpaul Banks", "Jean-Paul"),
        ("Leo\u200bpold Har\u00adgreaves", "leopold"), ("Jürgen Müller", "Juergen"), ("Juergen Mueller", "Jürgen Müller"),
        ("Jürgen Müller", "muell"), ("Ada Oestergaard", "Østergaard"), ("Annabel Lee", "ann"), ("Annabel Lee", "Mrs. Lee"),
        ("Annabel Lee", "lee, annabel"), ("王小明", "王小明"), ("Bartholomew-Featherstonehaugh Ada", "featherstonehaugh"),
    ],
)  # fmt: skip
def test_name_is_found_as_people_type_it(name: str, typed: str) -> None:
    """And another client's is not."""
    assert finds(typed, name=name)
    assert not finds(typed, name="Vonkeman Petra")


@pytest.mark.found("b7", "the last four or seven digits of a phone find it")
@pytest.mark.found("b8", "an extension is no part of the number, on record or typed")
@pytest.mark.parametrize(
    ("phone", "typed"),
    [
        ("(502) 555-0199", "555-0199"), ("(502) 555-0199", "0199"), ("(502) 555-0199", "502.555.0199"),
        ("(502) 555-0199", "+1 502 555 0199"), ("502 555 0142 x12", "502 555 0142"),
        ("502 555 0142 x12", "502 555 0142 x12"), ("502 555 0142", "(502) 555-0142 ext. 4"), ("502 555 0142 x12", "0142"),
        ("502 555 0142 / 606 555 0155", "606-555-0155"), ("5025550199", "5025550199"),
    ],
)  # fmt: skip
def test_phone_is_found_by_what_people_type_of_it(phone: str, typed: str) -> None:
    """And another is not."""
    assert finds(typed, phone=phone)
    assert not finds(typed, phone="(606) 555-0777")


@pytest.mark.found("b5", "a birth date is found in every form that people type it in")
@pytest.mark.parametrize(
    "typed",
    [
        "5/23/88", "05/23/1988", "5-23-1988", "5.23.88", "1988-05-23", "May 23, 1988", "may 23 88", "23 May 1988", "23rd of May 1988",
        "May the 23rd, '88", "05231988", "19880523", "23/5/1988", "5 23 1988",
    ],
)  # fmt: skip
def test_birth_date_is_found_in_each_form(typed: str) -> None:
    """And another day is not; with a name beside it both must fit."""
    assert finds(typed, born="1988-05-23")
    assert not finds(typed, born="1988-05-24")
    assert finds(f"hargr {typed}", born="1988-05-23", name="Leopold Hargreaves")
    assert not finds(f"hargr {typed}", born="1988-05-23", name="Petra Vonkeman")
    assert not finds(f"hargr {typed}", born="1988-05-24", name="Leopold Hargreaves")


def test_record_number_is_found_whole() -> None:
    """With letters or without, also when it could be a date or the end of a phone."""
    for number in ("4711", "05231988", "C47X1", "123456"):
        assert finds(number, number=number)
    assert not finds("471", number="4711")


@pytest.mark.parametrize("typed", ["", "x", "???", "- -", "\u200b"])
def test_text_with_nothing_to_search_by_is_refused(typed: str) -> None:
    """In a sentence, at the field."""
    with pytest.raises(Invalid) as refused:
        search_groups(typed, INDEX)
    assert refused.value.fields == {"q": TOO_LITTLE}


@pytest.mark.found("b11", "a search that cannot be understood says so, and lists nobody")
@pytest.mark.parametrize(("typed", "sentence"), [("x" * 101, TOO_LONG), ("?!", TOO_LITTLE)])
async def test_search_that_is_not_understood_says_so_and_lists_nobody(
    as_role: AsRole, typed: str, sentence: str
) -> None:
    """Everybody is no answer to a question that nobody understood; the API says the same."""
    desk = await as_role("front_desk")
    await desk.post("/clients", other_person="1", legal_name="Wilhelmina Thistlewood")
    assert "Wilhelmina Thistlewood" in (await desk.get("/clients")).text
    answer = await desk.post("/clients/search", q=typed)
    shown = answer if answer.status_code == 422 else await desk.get("/clients")
    assert sentence in html.unescape(shown.text)
    assert "Wilhelmina Thistlewood" not in shown.text


@pytest.mark.found(
    "b11", "the search of everything and of the access log survive what is no client search"
)
async def test_other_searches_survive_what_finds_no_client(as_role: AsRole) -> None:
    """One box for everything asks for other things too; the officer's own box says what it needs."""
    desk, officer = await as_role("front_desk"), await as_role("compliance")
    assert (await desk.post("/search", q="?!")).status_code == 200
    answer = await officer.post("/compliance/access/clients", q="?!")
    assert answer.status_code == 422
    assert TOO_LITTLE in html.unescape(answer.text)


async def test_clients_page_finds_by_name_and_date(as_role: AsRole) -> None:
    """One box, both at once."""
    desk = await as_role("front_desk")
    await desk.post(
        "/clients", other_person="1", legal_name="Wilhelmina Thistlewood", birth_date="1984-03-31"
    )
    await desk.post("/clients/search", q="thistle 3/31/84")
    assert "Wilhelmina Thistlewood" in (await desk.get("/clients")).text
    await desk.post("/clients/search", q="thistle 3/30/84")
    assert "No one found" in (await desk.get("/clients")).text


async def test_tokens_of_older_code_are_made_anew_in_batches(
    db: Database, onprem: PlaneDatabase
) -> None:
    """Once, bounded, from where it stopped; then there is nothing to do, and the client is found."""
    async with db.uow(ANA, "as older code left them") as tx:
        clients = [Client(legal_name=f"Keira O'Brien{number}") for number in range(203)]
        for client in clients:
            tx.add(client)
    reindexer = Reindexer(db)
    async with db.uow(ANA, "search") as tx:
        assert await search(tx, "obrien7") == ([], False)
    done = [await reindexer.step() for _ in range(3)]
    assert done == [200, 3, 0]
    async with db.uow(ANA, "search") as tx:
        found, _ = await search(tx, "obrien7")
    assert {client.legal_name for client in found} >= {"Keira O'Brien7", "Keira O'Brien70"}
    await onprem.run(
        "update practice.client_indexed set scheme = 1 where client_id = $1", found[0].id
    )
    assert [await reindexer.step() for _ in range(2)] == [1, 0]
    (row,) = await onprem.run("select min(scheme) as least from practice.client_indexed")
    assert row["least"] == TOKEN_SCHEME


async def test_search_box_says_what_of_a_name_is_found(as_role: AsRole) -> None:
    """The first letters of every part, joined parts too; letters from a middle find nobody, and the page says why."""
    desk = await as_role("front_desk")
    await desk.post("/clients", other_person="1", legal_name="Marguerite Ann O'Quillfeather")
    assert (
        "Type an email address, a birth date or a record number in full."
        in (await desk.get("/clients")).text
    )
    for typed in ("margu", "ann", "oquill", "quill", "annoq"):
        await desk.post("/clients/search", q=typed)
        found = html.unescape((await desk.get("/clients")).text)
        assert "Marguerite Ann O'Quillfeather" in found, typed
    for typed in ("guerite", "feather"):
        await desk.post("/clients/search", q=typed)
        page = html.unescape((await desk.get("/clients")).text)
        assert "O'Quillfeather" not in page, typed
        assert "Search matches the start of each name." in page


async def test_search_by_email_needs_all_of_it_and_says_so(as_role: AsRole) -> None:
    """A part of an address is no name either; the officer's search says the same."""
    desk, officer = await as_role("front_desk"), await as_role("compliance")
    await desk.post("/clients", other_person="1", legal_name="Ina Brack", email="ina@brack.test")
    whole = await desk.follow("/clients/search", q="ina@brack.test")
    assert "Ina Brack" in whole.text
    part = await desk.follow("/clients/search", q="ina@brack")
    assert ("Ina Brack" in part.text, "must be complete" in part.text) == (False, True)
    asked = "Type an email address, a birth date or a record number in full."
    assert asked in (await officer.get("/compliance/access/clients")).text
