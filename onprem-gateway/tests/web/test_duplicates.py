"""Duplicates: shown while someone types, asked before saving, looked for after each change, decided once."""

import uuid

import httpx
import pytest

from lmhg_gateway.features.duplicates.jobs import Checker
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

CHECK = "/clients/duplicates/check"
QUEUE = "/clients/duplicates"


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """Someone at the front desk."""
    return await as_role("front_desk")


@pytest.fixture
async def checker(onprem: PlaneDatabase):
    """The worker's look at what changed."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    yield Checker(db)
    await db.close()


async def add(desk: Signed, name: str, **fields: str) -> str:
    """A client on record; the id."""
    page = await desk.follow("/clients", legal_name=name, other_person="1", **fields)
    return page.url.path.rsplit("/", 1)[1]


async def typed(desk: Signed, **fields: str) -> httpx.Response:
    """What the form asks while someone types."""
    return await desk.browser.post(
        CHECK, data={"csrf_token": desk.token, **fields}, headers={"hx-request": "true"}
    )


async def pairs(onprem: PlaneDatabase, *ids: str) -> list[tuple[str, str | None]]:
    """State and decider of the pairs of these clients."""
    rows = await onprem.run(
        "select state, decided_by from practice.client_pair"
        " where one_id = any($1::uuid[]) and other_id = any($1::uuid[])",
        list(ids),
    )
    return [(row["state"], row["decided_by"]) for row in rows]


async def test_typing_shows_who_it_may_be_and_why(desk: Signed) -> None:
    """With a score in words and the reason; a half-typed birth date breaks nothing."""
    known = await add(desk, "Katherine Alderquill", birth_date="1984-03-09", mobile="502 555 0611")
    part = await typed(desk, legal_name="Kate Alderquill", mobile="(502) 555-0611", birth_date="19")
    assert part.status_code == 200
    assert f"/clients/{known}" in part.text
    assert "Probably the same person" in part.text
    assert "one name is short for the other, same phone" in part.text
    assert "<html" not in part.text


async def test_typing_someone_new_shows_nothing(desk: Signed) -> None:
    """The negative control; and too little to tell anything shows nothing either."""
    await add(desk, "Bartholomew Ferncastle", birth_date="1984-03-09")
    assert "Is it one of these" not in (await typed(desk, legal_name="Odalys Wintermoor")).text
    assert "Is it one of these" not in (await typed(desk)).text


async def test_check_without_a_script_leads_to_the_form(desk: Signed) -> None:
    """The part is for htmx alone."""
    answer = await desk.post(CHECK, legal_name="Anyone Atall")
    assert (answer.status_code, answer.headers["location"]) == (303, "/clients/new")


@pytest.mark.parametrize("role", ["clinician", "compliance", "staff"])
async def test_others_check_and_decide_nothing(as_role: AsRole, role: str) -> None:
    """Who adds no clients sees no pairs."""
    person = await as_role(role)
    assert (await typed(person, legal_name="Kate Alderquill")).status_code in {403, 404}
    assert (await person.get(QUEUE)).status_code in {403, 404}


async def test_this_is_someone_else_is_remembered_with_who(
    desk: Signed, onprem: PlaneDatabase, checker: Checker
) -> None:
    """The form goes on, the pair is not asked about again, and who said so is on record."""
    first = await add(desk, "Rosalind Emberfield", birth_date="1990-05-11")
    asked = await desk.post("/clients", legal_name="Rosalind Emberfield", birth_date="1990-05-11")
    assert asked.status_code == 422
    assert "This person may be on record already" in asked.text
    second = await add(desk, "Rosalind Emberfield", birth_date="1990-05-11", shown=first)
    assert await pairs(onprem, first, second) == [("not_same", str(uuid.UUID(int=1)))]
    await checker.step()
    assert await pairs(onprem, first, second) == [("not_same", str(uuid.UUID(int=1)))]


async def test_someone_who_was_not_shown_is_shown_before_saving(desk: Signed) -> None:
    """A check mark is for the people on the page, not for who is found later."""
    known = await add(desk, "Leontine Marbrook", mobile="502 555 0622")
    answer = await desk.post(
        "/clients",
        legal_name="Leontine Marbrook",
        mobile="502 555 0622",
        other_person="1",
        shown=str(uuid.uuid4()),
    )
    assert answer.status_code == 422
    assert known in answer.text


async def test_form_that_is_sent_again_gives_the_same_client(desk: Signed) -> None:
    """Going back and pressing Save again makes no second one; another name in the same form does."""
    key = str(uuid.uuid4())
    first = await desk.follow("/clients", legal_name="Theodora Glasswing", key=key)
    again = await desk.follow("/clients", legal_name="Theodora Glasswing", key=key)
    other = await desk.follow("/clients", legal_name="Caspian Thornbury", key=key)
    assert first.url.path == again.url.path == f"/clients/{key}"
    assert other.url.path != first.url.path


async def test_change_of_a_name_finds_a_pair_from_either_side(
    desk: Signed, onprem: PlaneDatabase, checker: Checker
) -> None:
    """After an edit both pages say so, whatever the state; a second edit takes it back."""
    first = await add(desk, "Wilhelmina Starling", birth_date="1977-01-30", mobile="502 555 0633")
    second = await add(desk, "Unalike Person", birth_date="1977-01-30", mobile="502 555 0634")
    await checker.step()
    assert await pairs(onprem, first, second) in ([], [("gone", None)])
    fields = {"birth_date": "1977-01-30", "mobile": "502 555 0633"}
    await desk.follow(f"/clients/{second}", legal_name="Mina Starling", version="1", **fields)
    await checker.step()
    assert await pairs(onprem, first, second) == [("open", None)]
    for one, name in ((first, "Mina Starling"), (second, "Wilhelmina Starling")):
        for path in (f"/clients/{one}", f"/clients/{one}/edit"):
            page = (await desk.get(path)).text
            assert f"the same person as {name}" in page
            assert "Compare the two records" in page
    fields = {"birth_date": "1950-12-12", "mobile": "606 555 0000"}
    await desk.follow(f"/clients/{second}", legal_name="Unalike Person", version="2", **fields)
    await checker.step()
    assert await pairs(onprem, first, second) == [("gone", None)]
    assert "the same person as" not in (await desk.get(f"/clients/{first}")).text


async def test_someone_known_whose_referrals_are_over_opens_a_new_episode(desk: Signed) -> None:
    """The form says since when, and leads to a new referral."""
    known = await add(desk, "Anneliese Corviston", birth_date="1969-10-08")
    referral = await desk.follow(
        f"/clients/{known}/referrals",
        received_on="2026-01-05", source_category="physician", channel="phone",
        concern_code="grief", urgency="routine", may_contact="1",
    )  # fmt: skip
    part = await typed(desk, legal_name="Anneliese Corviston", birth_date="1969-10-08")
    assert "Known, closed" not in part.text
    path = referral.url.path
    await desk.follow(f"{path}/move", seen="received", to="closed", reason="not_interested")
    part = await typed(desk, legal_name="Anneliese Corviston", birth_date="1969-10-08")
    assert "Known, closed " in part.text
    assert f"/clients/{known}/referrals/new" in part.text


async def open_pair(desk: Signed, checker: Checker, name: str, phone: str) -> tuple[str, str, str]:
    """Two records that may be one, found after a change; their pair."""
    first = await add(desk, name, birth_date="1981-07-03", mobile=phone)
    second = await add(desk, f"Somebody {name.split(maxsplit=1)[0]}")
    await desk.follow(
        f"/clients/{second}", legal_name=name, birth_date="1981-03-07", mobile=phone, version="1"
    )
    await checker.step()
    page = (await desk.get(f"/clients/{first}")).text
    pair = page.partition('href="/clients/duplicates/')[2].partition('"')[0]
    return first, second, pair


async def test_queue_shows_both_side_by_side_and_is_worked_without_a_script(
    desk: Signed, checker: Checker, onprem: PlaneDatabase
) -> None:
    """List, compare, say that they are two; it can be undone, and is on record with who and when."""
    first, second, pair = await open_pair(desk, checker, "Ottoline Hazelgrove", "502 555 0644")
    listed = (await desk.get(QUEUE)).text
    assert "Ottoline Hazelgrove and Ottoline Hazelgrove" in listed
    assert "birth date with day and month swapped" in listed
    page = (await desk.get(f"{QUEUE}/{pair}")).text
    for word in ("Jul 3, 1981", "Mar 7, 1981", "Different", "Not the same person", "data-press"):
        assert word in page
    done = await desk.follow(f"{QUEUE}/{pair}/not-same")
    assert "Noted: two different people." in done.text
    assert f"{QUEUE}/{pair}/ask-again" in done.text
    assert await pairs(onprem, first, second) == [("not_same", str(uuid.UUID(int=1)))]
    assert (
        "Not the same person, said by Front_Desk Person" in (await desk.get(f"{QUEUE}/{pair}")).text
    )
    again = await desk.post(f"{QUEUE}/{pair}/not-same")
    assert again.status_code == 409
    await desk.follow(f"{QUEUE}/{pair}/ask-again")
    assert await pairs(onprem, first, second) == [("open", None)]


async def test_bell_counts_what_waits(desk: Signed, checker: Checker) -> None:
    """As many as the list has."""
    await open_pair(desk, checker, "Philippa Rookwood", "502 555 0655")
    assert "Possible duplicates" in (await desk.get("/notifications")).text


async def test_unknown_pair_is_not_found(desk: Signed) -> None:
    """On the page and in the API."""
    unknown = uuid.uuid4()
    assert (await desk.get(f"{QUEUE}/{unknown}")).status_code == 404
    assert (await desk.post(f"{QUEUE}/{unknown}/not-same")).status_code == 404


async def test_programs_check_list_and_decide(
    desk: Signed, checker: Checker, onprem: PlaneDatabase
) -> None:
    """The same over the API: who it may be, the queue, not the same and asked again."""
    first, second, pair = await open_pair(desk, checker, "Hyacinth Bellweather", "502 555 0666")
    api = "/api/v1/clients/duplicates"
    header = {"x-csrf-token": desk.token}
    found = await desk.browser.post(
        f"{api}/check",
        json={"legal_name": "Hyacinth Bellweather", "mobile": "5025550666"},
        headers=header,
    )
    assert {first, second} <= {each["client_id"] for each in found.json()["alike"]}
    listed = (await desk.get(api)).json()
    assert pair in {each["id"] for each in listed["pairs"]}
    said = await desk.ask("POST", f"{api}/{pair}/not-same")
    assert said.json()["state"] == "not_same"
    assert (await desk.ask("POST", f"{api}/{pair}/not-same")).status_code == 409
    assert (await desk.ask("POST", f"{api}/{pair}/ask-again")).json()["state"] == "open"
    assert await pairs(onprem, first, second) == [("open", None)]


async def test_a_name_stays_out_of_logs_and_addresses(
    desk: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is typed is in the body alone, and in no line of the log."""
    await typed(desk, legal_name="Zephyrine Unloggable", mobile="502 555 0677")
    assert "unloggable" not in capsys.readouterr().out.lower()
