"""Referrals: one transition table, in pages, checks and the reference."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.clients.payers import PAYERS
from lmhg_gateway.features.referrals import forms, rules
from lmhg_gateway.features.referrals.rules import EXITS, TRANSITIONS, Reason, State, check_move
from lmhg_gateway.features.referrals.service import INTAKE_ACTOR, receive_intake
from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

ZONE = ZoneInfo("America/Kentucky/Louisville")
NEW = {
    "received_on": "2026-11-20",
    "source_category": "physician",
    "channel": "phone",
    "concern_code": "grief",
    "urgency": "routine",
    "may_contact": "1",
}


def test_every_state_has_its_moves_and_every_reason_its_use() -> None:
    """The table is complete, and nothing in it is dead."""
    assert set(TRANSITIONS) == set(State)
    assert {
        reason for moves in TRANSITIONS.values() for why in moves.values() for reason in why
    } == set(Reason)


def test_every_exit_asks_for_a_reason() -> None:
    """Nobody leaves the way without a reason code."""
    for moves in TRANSITIONS.values():
        assert all(reasons for to, reasons in moves.items() if to in EXITS)


def test_every_state_can_be_reached_and_left() -> None:
    """No state is a trap: from each one can get to closed, and closed can come back."""
    reached = {State.RECEIVED}
    for _ in State:
        reached |= {to for state in reached for to in TRANSITIONS[state]}
    assert reached == set(State)
    assert all(TRANSITIONS[state] for state in State)


@given(st.sampled_from(State), st.sampled_from(State), st.sampled_from([None, *Reason]))
def test_only_moves_of_the_table_pass(state: State, to: State, reason: Reason | None) -> None:
    """Whatever is asked, a step outside the table or with a wrong reason refuses."""
    reasons = TRANSITIONS[state].get(to)
    allowed = reasons is not None and (reason in reasons if reasons else reason is None)
    if allowed:
        assert check_move(state, to=to, reason=reason).to is to
    else:
        with pytest.raises((Conflict, Invalid)):
            check_move(state, to=to, reason=reason)


@pytest.mark.parametrize(
    ("listed", "form"),
    [
        (rules.SOURCES, forms.Source),
        (rules.CHANNELS, forms.Channel),
        (rules.CONCERNS, forms.ConcernCode),
        (rules.URGENCIES, forms.Urgency),
        (PAYERS, forms.Payer),
    ],
)
def test_forms_offer_what_the_rules_list(listed: tuple[str, ...], form: object) -> None:
    """The select and the check know the same codes."""
    assert form.__args__ == listed  # type: ignore[attr-defined]


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


async def recorded(desk: Signed, **changes: str) -> str:
    """The path of a fresh referral of a fresh client."""
    client = (await desk.follow("/clients", other_person="1", legal_name="Ezekiel Bright")).url.path
    page = await desk.follow(f"{client}/referrals", **{**NEW, **changes})
    assert "Referral added" in page.text
    return page.url.path


async def test_referral_walks_the_table(desk: Signed) -> None:
    """Each step is taken, noted and shown with its reason."""
    path = await recorded(desk, concern="Sleeps badly since spring", urgency="urgent")
    for seen, to in (("received", "contacted"), ("contacted", "screening")):
        await desk.follow(f"{path}/move", seen=seen, to=to)
    page = await desk.follow(
        f"{path}/move", seen="screening", to="referred_out", reason="out_of_scope"
    )
    for part in ("Referred out", "Out of scope", "Sleeps badly", "Front_Desk Person"):
        assert part in page.text


async def test_step_from_a_stale_page_is_refused(desk: Signed) -> None:
    """Who looks at an old state learns that someone was first; nothing moves twice."""
    path = await recorded(desk)
    await desk.follow(f"{path}/move", seen="received", to="contacted")
    answer = await desk.post(f"{path}/move", seen="received", to="contacted")
    assert answer.status_code == 409
    assert "Someone already changed this" in answer.text


async def test_step_outside_the_table_is_refused(desk: Signed) -> None:
    """A hand-made form cannot jump."""
    path = await recorded(desk)
    answer = await desk.post(f"{path}/move", seen="received", to="attended")
    assert answer.status_code == 409
    assert "not possible from the current state" in answer.text


async def test_exit_without_a_reason_asks_for_it(desk: Signed) -> None:
    """The page comes back with the question open."""
    path = await recorded(desk)
    answer = await desk.post(f"{path}/move", seen="received", to="closed")
    assert answer.status_code == 422
    assert "Choose a reason" in answer.text


async def test_bad_referral_is_named_by_field(desk: Signed) -> None:
    """Missing and unknown values stand at their fields."""
    client = (await desk.follow("/clients", other_person="1", legal_name="Bram Bright")).url.path
    answer = await desk.post(f"{client}/referrals", received_on="x", channel="pigeon")
    assert answer.status_code == 422
    assert "Choose one from the list" in answer.text
    assert "Choose a date" in answer.text


async def test_board_and_list_show_it_and_other_roles_do_not_see_it(
    desk: Signed, as_role: AsRole
) -> None:
    """The board has the client in the right lane; staff without the permission get 403."""
    await recorded(desk)
    assert "Ezekiel Bright" in (await desk.get("/referrals")).text
    assert "Ezekiel Bright" in (await desk.get("/referrals", state="received")).text
    assert "Ezekiel Bright" in (await desk.get("/")).text
    trainer = await as_role("trainer")
    assert (await trainer.get("/referrals")).status_code == 403


async def test_step_is_undone_by_who_took_it(desk: Signed, onprem: PlaneDatabase) -> None:
    """The notice offers it once; the referral is where it was, and its history says both."""
    path = await recorded(desk)
    moved = (await desk.follow(f"{path}/move", seen="received", to="contacted")).text
    undo = re.search(rf'action="({path}/undo/[0-9a-f-]+)"', moved)
    assert undo
    back = (await desk.follow(undo[1])).text
    assert re.search(r"Undone for C-\w{4}\.", back)
    assert "Taken back" in back
    assert f"{path}/undo/" not in back
    assert (await desk.post(undo[1])).status_code == 409
    (row,) = await onprem.run(
        "select id from practice.referral_move where referral_id = $1 and reason = 'taken_back'",
        uuid.UUID(path.rpartition("/")[2]),
    )
    again = await desk.post(f"{path}/undo/{row['id']}")
    assert (again.status_code, "Someone already changed this" in again.text) == (409, True)


async def test_undo_is_refused_with_a_sentence(desk: Signed, as_role: AsRole) -> None:
    """For someone else, after someone moved it on, and for a step that is not the last."""
    path = await recorded(desk)
    moved = (await desk.follow(f"{path}/move", seen="received", to="contacted")).text
    undo = re.search(rf'action="({path}/undo/[0-9a-f-]+)"', moved)
    assert undo
    clinician = await as_role("clinician")
    other = await clinician.post(undo[1])
    assert (other.status_code, "Someone already changed this" in other.text) == (409, True)
    await clinician.follow(f"{path}/move", seen="contacted", to="screening")
    late = await desk.post(undo[1])
    assert (late.status_code, "Someone already changed this" in late.text) == (409, True)


@given(st.integers(-600, 2000))
def test_undo_has_a_time(seconds: int) -> None:
    """Ten minutes, and no longer."""
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    moved = {"moved_to": "contacted", "moved_by": "a", "by": "a"}
    at = now + timedelta(seconds=seconds)
    if seconds <= rules.UNDO_FOR.total_seconds():
        rules.check_undo("contacted", **moved, moved_at=now, at=at)
    else:
        with pytest.raises(Conflict, match="undo_late"):
            rules.check_undo("contacted", **moved, moved_at=now, at=at)


async def test_nothing_is_preset_and_nothing_unsaid_is_recorded(desk: Signed) -> None:
    """Each choice begins with "Choose one", no box is ticked, and a choice left open is asked for."""
    client = (await desk.follow("/clients", legal_name="Ilse Quarrington")).url.path
    page = (await desk.get(f"{client}/referrals/new")).text
    assert "checked" not in page
    assert not re.search(r'<option value="[a-z_]+"\s+selected', page)
    said = {"received_on": "2026-11-20"}
    answer = await desk.post(f"{client}/referrals", **said)
    assert answer.status_code == 422
    for label in ("How it arrived", "Referred by", "Concern", "Urgency"):
        assert f"{label}: " in answer.text
    new = {name: text for name, text in NEW.items() if name != "may_contact"}
    referral = await desk.follow(f"{client}/referrals", **new)
    assert re.search(r"May we contact\s*</dt>\s*<dd>\s*Not said", referral.text)


@pytest.mark.parametrize("day", ["2090-01-01", "1899-12-31"])
async def test_referral_of_an_impossible_day_is_refused(desk: Signed, day: str) -> None:
    """Neither from the future nor from before anybody lives."""
    client = (
        await desk.follow("/clients", legal_name="Ada Ravenscroft", other_person="1")
    ).url.path
    answer = await desk.post(f"{client}/referrals", **{**NEW, "received_on": day})
    assert (answer.status_code, "Received on: " in answer.text) == (422, True)


def test_today_is_no_future() -> None:
    """The bound itself is accepted."""
    today = date(2026, 11, 28)
    rules.check_received(today, today=today)
    with pytest.raises(Invalid):
        rules.check_received(today + timedelta(days=1), today=today)


async def test_second_open_referral_says_why(desk: Signed) -> None:
    """One open referral a client, unless someone says why there is another."""
    path = await recorded(desk)
    client = re.search(r'href="(/clients/[0-9a-f-]+)"', (await desk.get(path)).text)
    assert client
    form = (await desk.get(f"{client[1]}/referrals/new")).text
    assert "already has an open referral" in form
    refused = await desk.post(f"{client[1]}/referrals", **NEW)
    assert (refused.status_code, "Why a second one: " in refused.text) == (422, True)
    made = await desk.follow(f"{client[1]}/referrals", **NEW, why_another="new_concern")
    assert "It is about something else" in made.text


async def test_list_counts_truly_and_is_taken_along(desk: Signed, onprem: PlaneDatabase) -> None:
    """Its total is the database's; the file has every row, and taking it is on record."""
    await recorded(desk, urgency="urgent")
    page = (await desk.get("/referrals", state="received", urgency="urgent")).text
    rows = await onprem.run(
        "select count(*) from practice.referral where state = 'received' and urgency = 'urgent'"
    )
    total = rows[0]["count"]
    assert re.search(rf"{total} referrals?\b", page)
    file = await desk.get("/referrals?state=received&urgency=urgent&as=csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert len(file.text.strip().splitlines()) == total + 1
    acts = await onprem.run(
        "select 1 from audit.event where act = 'export' and subject_kind = 'referral'"
    )
    assert acts


async def test_intake_of_a_late_evening_is_received_on_that_day(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """Friday 8:50 PM at the practice is Friday, whatever day it is elsewhere; nothing unsaid is recorded."""
    client = (await desk.follow("/clients", legal_name="Friday Evening")).url.path
    friday = datetime(2026, 11, 28, 1, 50, tzinfo=UTC)
    db = Database(onprem.url("gw_worker"), pool_size=1)
    try:
        async with db.uow(Actor(INTAKE_ACTOR), "intakeq event") as tx:
            await receive_intake(
                tx,
                uuid.UUID(client.rsplit("/", 1)[1]),
                received_at=friday,
                practice=Practice("America/Kentucky/Louisville"),
            )
    finally:
        await db.close()
    rows = await onprem.run(
        "select received_on, source_category, may_contact, state_at from practice.referral"
        " where client_id = $1",
        uuid.UUID(client.rsplit("/", 1)[1]),
    )
    came = dict(rows[0])
    waits = datetime.now(ZONE).date() - came.pop("state_at").astimezone(ZONE).date()
    assert waits == datetime.now(ZONE).date() - date(2026, 11, 27)
    assert came == {
        "received_on": date(2026, 11, 27),
        "source_category": "unknown",
        "may_contact": False,
    }


async def test_waiting_counts_from_the_day_the_person_came(desk: Signed) -> None:
    """Not from the day that it was typed, and a step that is undone does not begin it again."""
    client = (await desk.follow("/clients", legal_name="Odile Farrowby")).url.path
    came = (datetime.now(ZONE) - timedelta(days=9)).date()
    said = {
        "received_on": came.isoformat(), "source_category": "self", "channel": "e_mail",
        "concern_code": "grief", "urgency": "routine",
    }  # fmt: skip
    await desk.follow(f"{client}/referrals", **said)
    listed = (await desk.get("/referrals?state=received")).text
    row = next(part for part in listed.split("<tr>") if "Odile Farrowby" in part)
    assert "9 days" in row
    path = re.search(r'href="(/referrals/[0-9a-f-]{36})"', row)
    assert path
    moved = (await desk.follow(f"{path[1]}/move", seen="received", to="contacted")).text
    undo = re.search(rf'action="({path[1]}/undo/[0-9a-f-]+)"', moved)
    assert undo
    await desk.follow(undo[1])
    again = (await desk.get("/referrals?state=received")).text
    assert "9 days" in next(part for part in again.split("<tr>") if "Odile Farrowby" in part)
