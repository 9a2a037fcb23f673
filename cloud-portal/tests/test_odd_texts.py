"""Texts of tickets as strangers type them: unseen, decomposed, unkeepable."""

import unicodedata

import pytest

from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .test_replica_pages import arrive  # noqa: TID252 - a record as the relay applies it

COMPOSED = "Caf\u00e9"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
WAYS = pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED, COMPOSED.upper()], ids=ascii)


async def listed(person: Signed, q: str) -> str:
    """The list of tickets that a filter finds."""
    return (await person.get("/tickets", q=q)).text.partition("<main")[2]


@pytest.mark.found("e2", "a list asked for with NUL is refused with a sentence")
@pytest.mark.parametrize("query", ["q=%00", "q=%ff", "state=%ed%a0%80", "%00=1"])
async def test_address_that_is_no_text_is_refused(as_role: AsRole, query: str) -> None:
    """400, and what was wrong."""
    person = await as_role("staff")
    answer = await person.browser.get(f"/tickets?{query}")
    assert answer.status_code == 400
    assert "The address has characters that can&#39;t be read." in answer.text


@pytest.mark.found("e3", "a ticket list asked for with 4,301 digits shows its first page")
async def test_page_of_4301_digits_is_the_first(as_role: AsRole) -> None:
    """The same page as without."""
    person = await as_role("staff")
    assert (await person.get("/tickets", page="9" * 4301)).status_code == 200


@pytest.mark.found(
    "e6", "a ticket is found however its letters were typed, there and in the search"
)
@pytest.mark.parametrize("filed", [COMPOSED, DECOMPOSED], ids=ascii)
@WAYS
async def test_ticket_is_found_however_it_is_typed(as_role: AsRole, filed: str, typed: str) -> None:
    """Composed, decomposed and in capitals."""
    person = await as_role("staff")
    ticket = {
        "subject": f"{filed} machine",
        "body": "It leaks.",
        "category": "other",
        "urgency": "low",
    }
    path = (await person.post("/tickets/new", **ticket)).headers["location"]
    assert f'href="{path}"' in await listed(person, typed)
    assert f'href="{path}"' in (await person.post("/search", q=typed)).text


@pytest.mark.found("e6", "a ticket that was kept decomposed before is found all the same")
@WAYS
async def test_ticket_from_before_is_found(
    as_role: AsRole, cloud: PlaneDatabase, typed: str
) -> None:
    """What was stored before texts were composed at the door."""
    person = await as_role("trainer")
    ticket = {"subject": "Bench", "body": "It wobbles.", "category": "other", "urgency": "low"}
    path = (await person.post("/tickets/new", **ticket)).headers["location"]
    await cloud.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        f" update portal.ticket set subject = '{DECOMPOSED} bench' where id = '{path[9:]}'; end $$"
    )
    assert f'href="{path}"' in await listed(person, typed)


@pytest.mark.found("e6", "an announcement is found however its letters were typed")
@WAYS
async def test_announcement_is_found_however_it_is_typed(
    as_role: AsRole, cloud: PlaneDatabase, typed: str
) -> None:
    """As it arrived, whichever form that was."""
    made = await arrive(
        cloud, "announcement", author_id=str(PEOPLE["admin"]), body="Soup at noon.",
        published_at="2026-03-04T15:00:00.000000Z", title=f"{DECOMPOSED} opens",
    )  # fmt: skip
    person = await as_role("staff")
    assert f"/announcements/{made}" in (await person.post("/search", q=typed)).text


@pytest.mark.found("e7", "a required text that shows nothing is refused as empty")
@pytest.mark.parametrize(
    "unseen", ["\u200b" * 3, "\u00ad\u200d\ufeff", "\u3164\u115f\u1160", "\u2800" * 4], ids=ascii
)
@pytest.mark.parametrize("field", ["subject", "body"])
async def test_text_that_nobody_sees_files_no_ticket(
    as_role: AsRole, field: str, unseen: str
) -> None:
    """No ticket without a subject that someone can read, nor without a text."""
    person = await as_role("clinician")
    ticket = {
        "subject": "Lamp",
        "body": "It is dark.",
        "category": "other",
        "urgency": "low",
        field: unseen,
    }
    answer = await person.post("/tickets/new", **ticket)
    assert answer.status_code == 422
    assert (await listed(person, "")).count('href="/tickets/0') == 0
