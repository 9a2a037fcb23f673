"""The page of screening: words that two officers allow, and who may reach it."""

import re

import pytest

from lmhg_kit.http.testing import AsRole, Browsers
from lmhg_stack.testing import PlaneDatabase

PATH = "/compliance/screening"
REASON = {"reason": "The firm that services our copiers."}


async def ask(as_role: AsRole, term: str) -> str:
    """An officer asks for a word; its address."""
    officer = await as_role("compliance")
    page = await officer.follow(PATH, term=term, **REASON)
    assert "Another officer must approve it" in page.text
    return re.findall(rf"{PATH}/[0-9a-f-]{{36}}", page.text)[0]


async def test_two_officers_allow_a_word_and_one_removes_it(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The page tells who did what; the history stays after the removal."""
    address = await ask(as_role, "Hathersage Copiers")
    first, second = await as_role("compliance"), await as_role("second")
    way = f'action="{address}/approve"'
    assert way in (await second.get(PATH)).text
    assert way not in (await first.get(PATH)).text
    assert (await first.post(address + "/approve")).status_code == 403
    page = await second.follow(address + "/approve")
    assert "Word allowed. It counts from the next check" in page.text
    assert (await second.post(address + "/approve")).status_code == 409
    page = await first.follow(address + "/remove")
    assert "Removed by Compliance Person" in page.text
    assert "Hathersage Copiers" in page.text
    assert (await first.post(address + "/remove")).status_code == 409
    assert await onprem.run(
        "select 1 from compliance.screening_allowance where removed_at is not null"
    )


async def test_asking_is_taken_back_at_once(as_role: AsRole) -> None:
    """The page after it offers the way back, which one person may go, and nothing was allowed."""
    officer = await as_role("compliance")
    page = (await officer.follow(PATH, term="Winsley Paper", **REASON)).text
    toast = page.partition("data-toast")[2].partition("</form>")[0]
    way = re.search(rf'action="({PATH}/[0-9a-f-]{{36}}/remove)"', toast)
    assert way
    undone = (await officer.follow(way[1])).text
    assert "Request canceled." in undone
    second = await as_role("second")
    assert (await second.post(way[1].replace("remove", "approve"))).status_code == 409


async def test_what_is_asked_for_twice_or_badly_is_said_in_the_form(as_role: AsRole) -> None:
    """What was typed stays, and nothing is kept."""
    officer = await as_role("compliance")
    await ask(as_role, "Oakenshaw Paper")
    again = await officer.post(PATH, term="oakenshaw  PAPER!", **REASON)
    assert again.status_code == 409
    assert "already allowed" in again.text
    short = await officer.post(PATH, term="Pensford", reason="because")
    assert short.status_code == 422
    assert "Pensford" in short.text
    assert (await officer.post(PATH, term="!!", **REASON)).status_code == 422
    unknown = f"{PATH}/00000000-0000-4000-8000-000000000000"
    assert (await officer.post(unknown + "/approve")).status_code == 404
    assert (await officer.post(unknown + "/remove")).status_code == 404


@pytest.mark.parametrize("role", ["front_desk", "clinician", "admin", "it_support"])
async def test_only_officers_reach_it(as_role: AsRole, role: str) -> None:
    """An allowed word may be a client's surname."""
    person = await as_role(role)
    assert (await person.get(PATH)).status_code == 403
    assert (await person.post(PATH, term="Anything", **REASON)).status_code == 403


async def test_strangers_and_other_networks_find_nothing(browsers: Browsers) -> None:
    """Anonymous people are asked to sign in; outside the approved networks there is no page."""
    assert (await browsers().get(PATH)).status_code in (303, 401)
    assert (await browsers("203.0.113.9").get(PATH)).status_code == 404


async def test_the_rules_are_said_in_words(as_role: AsRole) -> None:
    """Without a form sent, and on an empty list too."""
    page = await (await as_role("compliance")).get(PATH)
    assert page.status_code == 200
    assert "A date on which a client was born." in page.text
