"""The waitlist: wishes, freed times, whom they suit and why, offers in order, and what ends them."""

import re
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from lmhg_gateway.features.waitlist.jobs import FreedTimes
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.office_hours import OfficeHours
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - beside this file
from .waitlisted import (  # noqa: TID252 - beside this file
    CLINICIAN,
    ZONE,
    freed,
    next_day,
    offers_in,
    referral_ids,
    waiting,
)

ZONE_NAME = "America/Kentucky/Louisville"
NAMED = "perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


@pytest.fixture
async def worker_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    yield db
    await db.close()


@pytest.fixture(autouse=True)
async def nobody_waits(onprem: PlaneDatabase) -> None:
    """Each test has a waitlist of its own."""
    await onprem.run(
        f"do $$ begin {NAMED}; update practice.freed_slot set state = 'gone'"
        " where state in ('open', 'proposed');"
        " update practice.slot_offer set state = 'expired', seat = null where state = 'held';"
        " update practice.referral set state = 'closed' where state in ('waitlisted', 'offered');"
        " delete from practice.waitlist_rule; end $$"
    )


def later(worker_db: Database, minutes: int = 0, days: int = 0) -> FreedTimes:
    """What the worker does so much later."""
    at = datetime.now(ZONE) + timedelta(minutes=minutes, days=days)
    return FreedTimes(worker_db, Practice(ZONE_NAME, clock=lambda: at))


async def states(onprem: PlaneDatabase, slot: str) -> list[str]:
    """How the offers of a freed time are, in their order."""
    rows = await onprem.run(
        "select state from practice.slot_offer where slot_id = $1 order by position",
        uuid.UUID(slot.rsplit("/", 1)[1]),
    )
    return [row["state"] for row in rows]


async def referral_state(onprem: PlaneDatabase, referral_id: str) -> str:
    """Where a referral is."""
    [row] = await onprem.run(
        "select state from practice.referral where id = $1", uuid.UUID(referral_id)
    )
    return row["state"]


async def test_freed_time_shows_whom_it_suits_and_why(desk: Signed, as_role: AsRole) -> None:
    """Who fits comes first, though others wait longer; each point is said in words."""
    admin, today = await as_role("admin"), datetime.now(ZONE).date()
    person, begins = f"/credentials/people/{CLINICIAN}", (today - timedelta(days=9)).isoformat()
    for payer in ("medicaid", "commercial"):
        await admin.follow(f"{person}/panels", payer=payer, begins_on=begins)
    until = (today + timedelta(days=400)).isoformat()
    await admin.follow(person, kind="license", state="KY", valid_until=until)
    assert "Commercial, Medicaid" in (await desk.get("/waitlist/rules")).text
    evening = await waiting(desk, "Evander Latewish", times="tue_evening")
    fits = await waiting(
        desk, "Tansy Fitwell", clinicians=CLINICIAN, times="tue_afternoon", state="KY"
    )
    page = (await desk.get(await freed(desk))).text
    assert referral_ids(page) == [fits, evening]
    for said in (
        "Wants Clinician Person",
        "Tuesday afternoon works",
        "Clinician Person takes Medicaid",
        "Licensed in KY",
        "Tuesday afternoon does not work",
        "Does not fit",
    ):
        assert said in page, said


async def test_wishes_are_kept_and_shown_on_the_referral(desk: Signed) -> None:
    """The form comes back with them, and the referral's page says them in words."""
    person = await waiting(
        desk, "Wendel Wisher", times=["mon_morning", "fri_evening"], meets="telehealth"
    )
    page = (await desk.get(f"/waitlist/people/{person}")).text
    assert re.search(r'value="mon_morning"\s+checked', page)
    referral = (await desk.get(f"/referrals/{person}")).text
    assert "Monday morning, Friday evening" in referral
    assert "Telehealth" in referral
    wrong = await desk.post(f"/waitlist/people/{person}", clinicians=str(PEOPLE["staff"]))
    assert (wrong.status_code, "Choose a clinician who works here." in wrong.text) == (422, True)


async def test_offer_accepted_books_and_ends_the_line(desk: Signed, onprem: PlaneDatabase) -> None:
    """From the work list: the first is called, says yes, and nobody else is asked."""
    one, two = await waiting(desk, "Ada Firstinline"), await waiting(desk, "Ben Secondinline")
    slot = await freed(desk)
    page = await desk.follow(f"{slot}/offer", people=[one, two])
    assert await states(onprem, slot) == ["held", "waiting"]
    work = (await desk.get("/work?view=offers")).text
    assert "Ada Firstinline" in work
    assert "Ben Secondinline" not in work
    assert "Offer a freed time" in work
    assert "Get an answer to the offer" not in work
    assert await referral_state(onprem, one) == "offered"
    [offer] = offers_in(page.text)
    done = await desk.follow(f"/waitlist/offers/{offer}/accept")
    assert "This time was filled by an offer." in done.text
    assert await states(onprem, slot) == ["accepted", "not_asked"]
    assert await referral_state(onprem, one) == "booked"
    assert "Put the visit in IntakeQ" in (await desk.get(f"/referrals/{one}")).text
    assert await referral_state(onprem, two) == "waitlisted"
    again = await desk.post(f"/waitlist/offers/{offer}/accept")
    assert (again.status_code, "This offer is over" in again.text) == (409, True)


async def test_declined_passes_on_and_can_be_put_back(desk: Signed, onprem: PlaneDatabase) -> None:
    """A no asks the next; someone whose no was a mistake is put back in line."""
    one, two = await waiting(desk, "Cleo Nothanks"), await waiting(desk, "Dov Nextinline")
    slot = await freed(desk)
    page = await desk.follow(f"{slot}/offer", people=[one, two])
    page = await desk.follow(f"/waitlist/offers/{offers_in(page.text)[0]}/decline")
    assert await states(onprem, slot) == ["declined", "held"]
    assert await referral_state(onprem, one) == "waitlisted"
    again = re.search(r"/waitlist/offers/([0-9a-f-]+)/again", page.text)
    assert again
    await desk.follow(f"/waitlist/offers/{again[1]}/again")
    assert await states(onprem, slot) == ["declined", "held", "waiting"]


async def test_held_offer_passes_on_by_itself(
    desk: Signed, onprem: PlaneDatabase, worker_db: Database
) -> None:
    """Not before its time; then the next one is asked, and the first waits on."""
    one, two = await waiting(desk, "Esme Silent"), await waiting(desk, "Fitz Follows")
    slot = await freed(desk)
    await desk.follow(f"{slot}/offer", people=[one, two])
    now = datetime.now(ZONE)
    closed = int((OfficeHours(ZONE).start(now) - now).total_seconds() // 60)
    assert await later(worker_db, minutes=closed + 119).step() == 0
    assert await states(onprem, slot) == ["held", "waiting"]
    assert await later(worker_db, minutes=closed + 122).step() == 1
    assert await states(onprem, slot) == ["expired", "held"]
    assert await referral_state(onprem, one) == "waitlisted"
    assert await later(worker_db, minutes=closed + 123).step() == 0


async def test_time_at_which_the_clinician_is_away_or_booked_is_refused(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """The form says which of both, and nothing is put down."""
    there = next_day(2) + timedelta(days=70)
    asked = {
        "clinician": CLINICIAN, "day": there.date().isoformat(), "begins": "15:00",
        "minutes": "50", "meets": "in_person",
    }  # fmt: skip
    page = await desk.follow(
        "/absences/new",
        person_id=CLINICIAN,
        reason="vacation",
        first_on=asked["day"],
        last_on=asked["day"],
    )
    away = await desk.post("/waitlist/times", **asked)
    assert (away.status_code, "They are away on this day." in away.text) == (422, True)
    await desk.follow(f"{page.url.path}/cancel")
    [row] = await onprem.run("select id from practice.client limit 1")
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.appointment"
        " (id, client_id, clinician_id, starts_at, ends_at, status) values"
        f" ('{uuid.uuid4()}', '{row['id']}', '{CLINICIAN}',"
        f" '{(there + timedelta(minutes=40)).isoformat()}',"
        f" '{(there + timedelta(minutes=90)).isoformat()}', 'confirmed'); end $$"
    )
    booked = await desk.post("/waitlist/times", **asked)
    assert (booked.status_code, "has a visit then" in booked.text) == (422, True)
    assert (await desk.post("/waitlist/times", **{**asked, "begins": "14:30"})).status_code == 303


async def test_rounds_ask_several_and_the_first_yes_wins(
    desk: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Three at a time: who said no waits, who is too late is to be told, the fourth is never asked."""
    admin = await as_role("admin")
    await admin.follow("/waitlist/rules", round_size="3", hold_minutes="15")
    people = [await waiting(desk, f"Gale Rounder{letter}") for letter in ("a", "b", "c", "d")]
    slot = await freed(desk)
    page = await desk.follow(f"{slot}/offer", people=people)
    assert await states(onprem, slot) == ["held", "held", "held", "waiting"]
    first, second, third = offers_in(page.text)
    await desk.follow(f"/waitlist/offers/{first}/decline")
    assert await states(onprem, slot) == ["declined", "held", "held", "waiting"]
    await desk.follow(f"/waitlist/offers/{second}/accept")
    assert await states(onprem, slot) == ["declined", "accepted", "ended", "not_asked"]
    work = (await desk.get("/work?view=offers")).text
    assert "Tell them the time is taken" in work
    assert "Gale Rounderc" in work
    assert "Gale Rounderb" not in work
    page = await desk.follow(f"/waitlist/offers/{third}/told")
    assert re.search(r"Noted for C-\w{4}: they know\.", page.text)
    assert "Tell them the time is taken" not in (await desk.get("/work?view=offers")).text


async def test_filled_by_hand_says_so_and_has_people_told(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """A banner on the time; the person with the open offer is back on the waitlist and to be told."""
    one = await waiting(desk, "Hale Toolate")
    slot = await freed(desk)
    await desk.follow(f"{slot}/offer", people=[one])
    page = await desk.follow(f"{slot}/fill")
    assert (
        "This time was filled by hand. One person who had an offer still has to be told."
        in page.text
    )
    assert await states(onprem, slot) == ["ended"]
    assert await referral_state(onprem, one) == "waitlisted"
    assert (await desk.post(f"{slot}/offer", people=[one])).status_code == 409


async def test_canceled_appointment_is_proposed_once_and_booked_again_fills_it(
    desk: Signed, onprem: PlaneDatabase, worker_db: Database
) -> None:
    """A canceled visit to come becomes a proposal; a new visit at that time ends it."""
    person = await waiting(desk, "Ines Propose")
    [row] = await onprem.run(
        "select client_id from practice.referral where id = $1", uuid.UUID(person)
    )
    starts = next_day(3)
    appointment = uuid.uuid4()
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.appointment"
        " (id, client_id, clinician_id, starts_at, ends_at, status) values"
        f" ('{appointment}', '{row['client_id']}', '{CLINICIAN}', '{starts.isoformat()}',"
        f" '{(starts + timedelta(minutes=50)).isoformat()}', 'canceled'); end $$"
    )
    assert await later(worker_db).step() == 1
    assert await later(worker_db).step() == 0
    page = (await desk.get("/waitlist")).text
    assert "Canceled: is it free?" in page
    slot = re.search(r"/waitlist/times/[0-9a-f-]{36}", page)
    assert slot
    free = await desk.follow(f"{slot[0]}/confirm", meets="telehealth")
    assert "Choose whom to ask." in free.text
    await desk.follow(f"{slot[0]}/offer", people=[person])
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.appointment"
        " (id, client_id, clinician_id, starts_at, ends_at, status) values"
        f" ('{uuid.uuid4()}', '{row['client_id']}', '{CLINICIAN}', '{starts.isoformat()}',"
        f" '{(starts + timedelta(minutes=50)).isoformat()}', 'confirmed'); end $$"
    )
    assert await later(worker_db).step() == 1
    page = (await desk.get(slot[0])).text
    assert "the clinician has another visit then" in page
    assert await states(onprem, slot[0]) == ["ended"]


async def test_canceling_here_proposes_the_time_and_undo_takes_it_back(
    desk: Signed, onprem: PlaneDatabase, worker_db: Database
) -> None:
    """Canceling lists it among what follows; while it takes place after all, the time is not free."""
    person = await waiting(desk, "Rhys Canceled")
    starts, appointment = next_day(0), uuid.uuid4()
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.appointment"
        " (id, client_id, clinician_id, starts_at, ends_at, status) select"
        f" '{appointment}', client_id, '{CLINICIAN}', '{starts.isoformat()}',"
        f" '{(starts + timedelta(minutes=50)).isoformat()}', 'confirmed'"
        f" from practice.referral where id = '{person}'; end $$"
    )
    own = f"/appointments/{appointment}"
    assert "The waitlist proposes this time" in (await desk.get(f"{own}/cancel")).text
    for _ in range(2):
        await desk.follow(f"{own}/cancel", reason="client")
        assert await later(worker_db).step() == 0
        assert "Canceled: is it free?" in (await desk.get("/waitlist")).text
        await desk.follow(f"{own}/cancel/undo")
        assert "Canceled: is it free?" not in (await desk.get("/waitlist")).text


async def test_time_that_begins_is_gone(
    desk: Signed, onprem: PlaneDatabase, worker_db: Database
) -> None:
    """Nobody is offered a time that is over."""
    one = await waiting(desk, "Jory Overtime")
    slot = await freed(desk)
    await desk.follow(f"{slot}/offer", people=[one])
    assert await later(worker_db, days=9).step() == 1
    assert "This time is not free any more." in (await desk.get(slot)).text
    assert await states(onprem, slot) == ["ended"]


async def test_referral_moved_by_hand_gives_its_place_to_the_next(
    desk: Signed, onprem: PlaneDatabase, worker_db: Database
) -> None:
    """Someone who was closed while they had an offer holds nothing any more."""
    one, two = await waiting(desk, "Kit Leaving"), await waiting(desk, "Lio Staying")
    slot = await freed(desk)
    page = await desk.follow(f"{slot}/offer", people=[one, two])
    await desk.follow(
        f"/referrals/{one}/move", seen="offered", to="closed", reason="not_interested"
    )
    late = await desk.post(f"/waitlist/offers/{offers_in(page.text)[0]}/accept")
    assert late.status_code == 409
    assert await later(worker_db).step() == 1
    assert await states(onprem, slot) == ["expired", "held"]


async def test_one_person_holds_one_offer(desk: Signed, onprem: PlaneDatabase) -> None:
    """In line for two times: the second passes over them until they have answered the first."""
    one, two = await waiting(desk, "Mab Both"), await waiting(desk, "Ned Other")
    first, second = await freed(desk), await freed(desk, next_day(2))
    await desk.follow(f"{first}/offer", people=[one])
    await desk.follow(f"{second}/offer", people=[one, two])
    assert (await states(onprem, first), await states(onprem, second)) == (
        ["held"],
        ["waiting", "held"],
    )


async def test_stale_share_is_shown(desk: Signed, onprem: PlaneDatabase) -> None:
    """How many have to be asked if they still want it, and which ones."""
    person = await waiting(desk, "Olga Stale")
    await waiting(desk, "Pia Fresh")
    await onprem.run(
        f"do $$ begin {NAMED}; update practice.work_item set due_at = now() - interval '1 day'"
        f" where subject_id = '{person}'; end $$"
    )
    page = (await desk.get("/waitlist")).text
    assert re.search(r"1 of 2 \(50%\) have to be asked", page)
    assert page.count("Ask again") == 1


async def test_bad_times_and_unknown_records(desk: Signed) -> None:
    """A time that is over, a colleague who sees no clients, a time that is not there."""
    past = await desk.post(
        "/waitlist/times",
        clinician=CLINICIAN, day="2020-01-01", begins="10:00", minutes="50", meets="in_person",
    )  # fmt: skip
    assert (past.status_code, "Choose today or a day to come." in past.text) == (422, True)
    there = next_day(4).date().isoformat()
    stranger = await desk.post(
        "/waitlist/times",
        clinician=str(PEOPLE["staff"]), day=there, begins="10:00", minutes="50", meets="in_person",
    )  # fmt: skip
    assert (stranger.status_code, "Choose a clinician" in stranger.text) == (422, True)
    unknown = uuid.UUID(int=0xDEAD)
    for path in (
        f"/waitlist/times/{unknown}",
        f"/waitlist/people/{unknown}",
        f"/waitlist/offers/{unknown}",
    ):
        assert (await desk.get(path)).status_code == 404, path
    nobody = await desk.post(f"{await freed(desk)}/offer")
    assert nobody.status_code == 422


async def test_lists_are_taken_along_as_files(desk: Signed) -> None:
    """Who waits, and the freed times."""
    await waiting(desk, "Quin Filed", meets="in_person")
    await freed(desk)
    people = (await desk.get("/waitlist?as=csv")).text
    assert "Quin Filed" in people
    assert "Clinician Person" in (await desk.get("/waitlist/times?as=csv")).text
    assert "Free" in (await desk.get("/waitlist/times?state=open")).text
