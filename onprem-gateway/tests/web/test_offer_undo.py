"""An accepted offer taken back: the time, everyone in its line and the referrals are as they were."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lmhg_gateway.features.waitlist.offer_rules import check_take_back
from lmhg_kit.errors import Conflict
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .waitlisted import (  # noqa: TID252 - beside this file
    CLINICIAN,
    freed,
    next_day,
    offers_in,
    waiting,
)

AT = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
NAMED = "perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


async def line(onprem: PlaneDatabase, slot: str) -> list[str]:
    """How the offers of a freed time are, in their order."""
    rows = await onprem.run(
        "select state from practice.slot_offer where slot_id = $1 order by position",
        uuid.UUID(slot.rsplit("/", 1)[1]),
    )
    return [row["state"] for row in rows]


async def referral(onprem: PlaneDatabase, referral_id: str) -> tuple[str, str | None]:
    """Where a referral is, and what it waits for."""
    [row] = await onprem.run(
        "select state, waits_for from practice.referral where id = $1", uuid.UUID(referral_id)
    )
    return row["state"], row["waits_for"]


async def accepted(desk: Signed, slot: str, *people: str) -> str:
    """The offer of the first of these people, after they took the time."""
    page = await desk.follow(f"{slot}/offer", people=list(people))
    offer = offers_in(page.text)[0]
    done = await desk.follow(f"/waitlist/offers/{offer}/accept")
    assert f'action="/waitlist/offers/{offer}/accept/undo"' in done.text
    return offer


async def test_undo_puts_the_time_the_line_and_the_referral_back(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """The person has the offer again with its row on the work list, the other is in line again."""
    one, two = await waiting(desk, "Alba Misheard"), await waiting(desk, "Bodo Behindher")
    slot = await freed(desk)
    offer = await accepted(desk, slot, one, two)
    assert await line(onprem, slot) == ["accepted", "not_asked"]
    page = await desk.follow(f"/waitlist/offers/{offer}/accept/undo")
    assert re.search(r"Undone for C-\w{4}\. They have the offer again\.", page.text)
    assert await line(onprem, slot) == ["held", "waiting"]
    assert await referral(onprem, one) == ("offered", "freed_time")
    work = (await desk.get("/work?view=offers")).text
    assert ("Alba Misheard" in work, "Bodo Behindher" in work) == (True, False)
    assert "This time was filled" not in page.text
    await desk.follow(f"/waitlist/offers/{offer}/decline")
    assert await line(onprem, slot) == ["declined", "held"]
    assert (await desk.post(f"/waitlist/offers/{offer}/accept/undo")).status_code == 409


async def test_undo_gives_the_others_of_the_round_their_offer_again(
    desk: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Who was to be told that it is taken has it again; who was told already stays told."""
    admin = await as_role("admin")
    await admin.follow("/waitlist/rules", round_size="3", hold_minutes="60")
    people = [await waiting(desk, f"Cosmo Roundly{letter}") for letter in ("a", "b", "c")]
    slot = await freed(desk)
    await admin.follow("/waitlist/rules", round_size="1", hold_minutes="120")
    offer = await accepted(desk, slot, *people)
    assert await line(onprem, slot) == ["accepted", "ended", "ended"]
    told = offers_in((await desk.get(slot)).text)[-1]
    await desk.follow(f"/waitlist/offers/{told}/told")
    await desk.follow(f"/waitlist/offers/{offer}/accept/undo")
    assert await line(onprem, slot) == ["held", "held", "told"]
    assert [await referral(onprem, each) for each in people] == [
        ("offered", "freed_time"),
        ("offered", "freed_time"),
        ("waitlisted", None),
    ]


async def test_one_of_the_round_who_has_another_time_now_waits_in_line(
    desk: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Nobody holds two times: the other offer stays as it is."""
    admin = await as_role("admin")
    await admin.follow("/waitlist/rules", round_size="2", hold_minutes="60")
    one, two = await waiting(desk, "Dora Firstyes"), await waiting(desk, "Egon Elsewhere")
    slot, other = await freed(desk), await freed(desk, next_day(2))
    await admin.follow("/waitlist/rules", round_size="1", hold_minutes="120")
    offer = await accepted(desk, slot, one, two)
    await desk.follow(f"{other}/offer", people=[two])
    await desk.follow(f"/waitlist/offers/{offer}/accept/undo")
    assert (await line(onprem, slot), await line(onprem, other)) == (["held", "waiting"], ["held"])


async def test_undo_is_refused_once_the_visit_is_there(desk: Signed, onprem: PlaneDatabase) -> None:
    """A visit from IntakeQ depends on it: nothing changes, and the page says what to do."""
    one, there = await waiting(desk, "Fenna Visited"), next_day(3) + timedelta(days=63)
    slot = await freed(desk, there)
    offer = await accepted(desk, slot, one)
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.appointment"
        " (id, client_id, clinician_id, starts_at, ends_at, status) select"
        f" '{uuid.uuid4()}', client_id, '{CLINICIAN}', '{there.isoformat()}',"
        f" '{(there + timedelta(minutes=50)).isoformat()}', 'confirmed'"
        f" from practice.referral where id = '{one}'; end $$"
    )
    late = await desk.post(f"/waitlist/offers/{offer}/accept/undo")
    assert (late.status_code, "The visit is in IntakeQ already." in late.text) == (409, True)
    assert await line(onprem, slot) == ["accepted"]
    assert (await referral(onprem, one))[0] == "booked"


async def test_undo_is_refused_once_the_referral_moved_on(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """What came later is not lost by it."""
    one = await waiting(desk, "Gero Movedon")
    slot = await freed(desk)
    offer = await accepted(desk, slot, one)
    await desk.follow(f"/referrals/{one}/move", seen="booked", to="attended")
    late = await desk.post(f"/waitlist/offers/{offer}/accept/undo")
    assert (late.status_code, "The referral moved on since." in late.text) == (409, True)
    assert await line(onprem, slot) == ["accepted"]


async def test_undo_is_refused_to_others(
    desk: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The person who pressed it takes it back; the page says so."""
    one = await waiting(desk, "Hilde Notyours")
    slot = await freed(desk)
    offer = await accepted(desk, slot, one)
    admin = await as_role("admin")
    others = await admin.post(f"/waitlist/offers/{offer}/accept/undo")
    assert (others.status_code, "Only the person who" in others.text) == (409, True)
    assert await line(onprem, slot) == ["accepted"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, ""),
        ({"by": "other"}, "offer_not_yours"),
        ({"state": "declined"}, "offer_over"),
        ({"at": AT + timedelta(minutes=10, seconds=1)}, "offer_undo_late"),
        ({"starts_at": AT}, "slot_over"),
    ],
)
def test_ten_minutes_of_ones_own(changed: dict[str, Any], code: str) -> None:
    """After that, and for a time that began, the referral is moved by hand."""
    given: dict[str, Any] = {
        "state": "accepted", "answered_by": "one", "answered_at": AT,
        "starts_at": AT + timedelta(days=1), "by": "one", "at": AT + timedelta(minutes=10),
    } | changed  # fmt: skip
    state = given.pop("state")
    if not code:
        check_take_back(state, **given)
        return
    with pytest.raises(Conflict) as refused:
        check_take_back(state, **given)
    assert refused.value.code == code


async def test_a_program_takes_it_back_by_the_api(desk: Signed, onprem: PlaneDatabase) -> None:
    """The same step; an offer that nobody accepted is no use of it."""
    one = await waiting(desk, "Ilka Byprogram")
    slot = await freed(desk)
    offer = await accepted(desk, slot, one)
    path = f"/api/v1/waitlist/offers/{offer}"
    desk.browser.headers["x-csrf-token"] = desk.token
    back = await desk.browser.post(path, json={"answer": "undo"})
    assert back.json()["time"]["state"] == "open"
    assert await line(onprem, slot) == ["held"]
    again = await desk.browser.post(path, json={"answer": "undo"})
    assert again.status_code == 409
    unknown = uuid.UUID(int=0xDEAD)
    assert (await desk.post(f"/waitlist/offers/{unknown}/accept/undo")).status_code == 404
    history = re.sub(r"\s+", " ", (await desk.get(f"/referrals/{one}")).text)
    assert "Undone" in history or "Taken back" in history
