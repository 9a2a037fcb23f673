"""The work list: who is on it, what one key notes, what is taken back, and that it is always true."""

import html
import re
import uuid
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from lmhg_gateway.features.referrals.planning import KIND, next_of, plan_one, unplanned
from lmhg_gateway.features.referrals.repository import by_id
from lmhg_gateway.features.referrals.rules import EXITS, TRANSITIONS, State
from lmhg_gateway.features.referrals.work_steps import SOURCE
from lmhg_gateway.features.work_list.jobs import Planner
from lmhg_gateway.features.work_list.public import of_subject
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .records import referral_of  # noqa: TID252 - beside this file

ZONE = ZoneInfo("America/Kentucky/Louisville")
PRACTICE = Practice("America/Kentucky/Louisville")
VOICEMAIL = {"channel": "phone", "result": "left_voicemail"}


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


def row_of(page: str, name: str) -> str:
    """The row of one person."""
    return next(part for part in page.split("<li data-row") if name in part)


def button(page: str, name: str, label: str) -> tuple[str, dict[str, str]]:
    """A button of a person's row: the address to which it goes, and what it says."""
    found = next(
        part
        for part in row_of(page, name).split("<button")
        if f'<span>{label}<span class="visually-hidden">: ' in part
    )
    said = dict(re.findall(r'(value|formaction)="([^"]*)"', found))
    return said["formaction"], {"press": html.unescape(said["value"])}


async def test_new_referral_is_on_the_list_and_on_the_home_page(desk: Signed) -> None:
    """With its next action, its number to call, and the buttons that the person allows."""
    await referral_of(desk, "Odalyn Work", allows=("may_voicemail",))
    for path in ("/work", "/work?view=first_calls", "/"):
        row = row_of((await desk.get(path)).text, "Odalyn Work")
        assert "Call for the first time" in row
        assert "No contact yet" in row
        assert 'href="tel:5025550142"' in row
        assert '<span>Voicemail<span class="visually-hidden">: Odalyn Work' in row


async def test_one_key_notes_a_try_and_undo_takes_it_back(desk: Signed) -> None:
    """The row says what was last and what comes next; after the undo it says neither."""
    await referral_of(desk, "Perrin Trywell", allows=("may_voicemail",))
    where = {"referer": "http://work.test/work"}
    desk.browser.headers.update(where)
    action, fields = button((await desk.get("/work")).text, "Perrin Trywell", "Voicemail")
    page = await desk.follow(action, **fields)
    assert page.url.path == "/work"
    row = row_of(page.text, "Perrin Trywell")
    assert "Call back" in row
    assert "Left a voicemail" in row
    undo = re.search(r'action="(/referrals/[0-9a-f-]+/attempts/[0-9a-f-]+/undo)"', page.text)
    assert undo
    back = row_of((await desk.follow(undo[1])).text, "Perrin Trywell")
    assert ("Call for the first time" in back, "No contact yet" in back) == (True, True)
    del desk.browser.headers["referer"]
    assert (await desk.post(undo[1])).status_code == 409


async def test_voicemail_is_not_offered_to_who_does_not_allow_it(desk: Signed) -> None:
    """What the row does not offer, nobody presses by mistake."""
    await referral_of(desk, "Quiet Novoice")
    row = row_of((await desk.get("/work")).text, "Quiet Novoice")
    assert "Voicemail" not in row
    assert "No answer" in row


async def test_reached_makes_a_new_one_contacted_and_undo_both(desk: Signed) -> None:
    """One press says both; taking it back takes both."""
    path = await referral_of(desk, "Rowena Reached")
    page = await desk.follow(f"{path}/attempts", channel="phone", result="reached")
    assert "Contacted" in page.text
    assert "Start screening" in page.text
    undo = re.search(r'action="(/referrals/[0-9a-f-]+/attempts/[0-9a-f-]+/undo)"', page.text)
    assert undo
    back = (await desk.follow(undo[1])).text
    assert "Call for the first time" in back


async def test_pressed_twice_counts_once_and_a_stale_row_is_refused(
    desk: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Two presses are one try; two people who call the same person learn of each other."""
    path = await referral_of(desk, "Stella Staleworth", allows=("may_voicemail",))
    action, fields = button((await desk.get("/work")).text, "Stella Staleworth", "Voicemail")
    for _ in range(2):
        assert (await desk.post(action, **fields)).status_code == 303
    other = await as_role("clinician")
    changed = fields["press"].replace("left_voicemail", "no_answer")
    late = await other.post(action, press=changed)
    assert (late.status_code, "Someone already changed this" in late.text) == (409, True)
    rows = await onprem.run(
        "select result from practice.contact_attempt where referral_id = $1",
        uuid.UUID(path.rsplit("/", 1)[1]),
    )
    assert [row["result"] for row in rows] == ["left_voicemail"]


async def test_result_that_does_not_fit_is_refused(desk: Signed) -> None:
    """Nobody leaves a voicemail by letter, and no day that is over is one to try again on."""
    path = await referral_of(desk, "Tad Wrongway")
    bad = await desk.post(f"{path}/attempts", channel="letter", result="left_voicemail")
    assert bad.status_code == 422
    past = await desk.post(f"{path}/contacts", outcome="phone no_answer", again_on="2020-01-01")
    assert (past.status_code, "Try again on: " in past.text) == (422, True)
    strange = await desk.post(f"{path}/contacts", outcome="phone exploded")
    assert "Choose what happened" in strange.text


async def test_a_day_to_call_again_is_kept(desk: Signed) -> None:
    """Such as on Thursday: due as the practice opens on that day, and the history says so."""
    path = await referral_of(desk, "Ursula Again", allows=("may_voicemail",))
    day = PRACTICE.today() + timedelta(days=10)
    while day.weekday() > 4:
        day += timedelta(days=1)
    said = {
        "outcome": "phone left_voicemail",
        "again_on": day.isoformat(),
        "note": "Likes mornings",
    }
    page = await desk.follow(f"{path}/contacts", **said)
    assert "Call back" in page.text
    assert "Likes mornings" in page.text
    listed = (await desk.browser.get("/api/v1/work?view=call_backs")).json()["work"]
    mine = next(each for each in listed if each["client"] == "Ursula Again")
    due = datetime.fromisoformat(mine["due_at"]).astimezone(ZONE)
    assert (due.date(), due.time()) == (day, time(9))


async def test_wrong_number_turns_grey(desk: Signed) -> None:
    """It is shown, with the word, and is no link any more."""
    path = await referral_of(desk, "Vida Wrongnumber")
    page = (await desk.follow(f"{path}/attempts", channel="phone", result="wrong_number")).text
    assert "Wrong number" in page
    assert 'href="tel:5025550142"' not in page


async def test_waiting_on_paperwork_is_a_lane(desk: Signed) -> None:
    """It is asked for again in time, and "arrived" goes back to our own next step."""
    path = await referral_of(desk, "Wanda Paper")
    await desk.follow(f"{path}/attempts", channel="phone", result="reached")
    await desk.follow(f"{path}/waits", waits_for="paperwork")
    assert "Wanda Paper" in (await desk.get("/work?view=paperwork")).text
    await desk.follow(f"{path}/waits", waits_for="")
    assert "Wanda Paper" not in (await desk.get("/work?view=paperwork")).text
    assert "Start screening" in row_of((await desk.get("/work")).text, "Wanda Paper")


async def test_owner_and_who_took_the_call_are_two(desk: Signed, as_role: AsRole) -> None:
    """The list narrows to one's own."""
    path = await referral_of(desk, "Xenia Owned")
    clinician = await as_role("clinician")
    page = (await clinician.follow(f"{path}/owner", owner="me")).text
    assert re.search(r"The referral of C-\w{4} is yours now", page)
    assert re.search(r"Took the call\s*</dt>\s*<dd>\s*Front_Desk Person", page)
    assert "Xenia Owned" in (await clinician.get("/work?owner=mine")).text
    assert "Xenia Owned" not in (await desk.get("/work?owner=mine")).text


def ways_to(state: State) -> list[tuple[str, str, str]]:
    """Steps that lead from received to a state: from, to, reason."""
    found = {State.RECEIVED: list[tuple[str, str, str]]()}
    while state not in found:
        for seen, way in list(found.items()):
            for to, reasons in TRANSITIONS[seen].items():
                reason = reasons[0].value if reasons else ""
                found.setdefault(to, [*way, (seen.value, to.value, reason)])
    return found[state]


@pytest.mark.parametrize("state", list(State))
async def test_who_rings_back_is_on_the_list(desk: Signed, state: State) -> None:
    """From every state, with a confirmation that can be seen; what was closed is open again."""
    name = f"Yara {state.value.replace('_', ' ')}"
    path = await referral_of(desk, name)
    for seen, to, reason in ways_to(state):
        await desk.follow(
            f"{path}/move", seen=seen, to=to, **({"reason": reason} if reason else {})
        )
    client = re.search(r'href="(/clients/[0-9a-f-]{36})"', (await desk.get(path)).text)
    assert client
    page = (await desk.follow(f"{client[1]}/rang-back")).text
    assert re.search(r"C-\w{4} is back on the work list", page)
    row = row_of((await desk.get("/work")).text, name)
    assert "Call back" in row
    assert "They called us" in row
    if state in EXITS:
        undo = re.search(r'action="(/referrals/[0-9a-f-]+/attempts/[0-9a-f-]+/undo)"', page)
        assert undo
        await desk.follow(undo[1])
        assert name not in (await desk.get("/work?view=call_backs")).text


async def test_list_is_taken_along_and_on_record(desk: Signed, onprem: PlaneDatabase) -> None:
    """The file has every row of the view."""
    await referral_of(desk, "Zora Filed")
    file = await desk.get("/work?as=csv")
    assert "Zora Filed" in file.text
    assert await onprem.run(
        "select 1 from audit.event where act = 'export' and subject_kind = 'work_list'"
    )


async def test_sweep_shows_who_was_contacted_and_nothing_since(desk: Signed) -> None:
    """A step takes the person off; so does time."""
    path = await referral_of(desk, "Swain Sweptaway")
    await desk.follow(f"{path}/attempts", channel="phone", result="no_answer")
    assert "Swain Sweptaway" in (await desk.get("/referrals/sweep")).text
    assert "Swain Sweptaway" in (await desk.get("/referrals/sweep?as=csv")).text
    await desk.follow(f"{path}/move", seen="received", to="contacted")
    reached = await referral_of(desk, "Rhea Reachedonce")
    await desk.follow(f"{reached}/attempts", channel="phone", result="reached")
    assert "Rhea Reachedonce" in (await desk.get("/referrals/sweep")).text
    assert "Swain Sweptaway" not in (await desk.get("/referrals/sweep")).text


async def test_roles_see_what_is_theirs(as_role: AsRole) -> None:
    """A trainer sees no one; who only reads gets no button."""
    trainer = await as_role("trainer")
    assert (await trainer.get("/work")).status_code == 403
    assert (await trainer.get("/referrals/call-rules")).status_code == 403
    desk = await as_role("front_desk")
    assert (await desk.post("/referrals/call-rules", attempts="1")).status_code == 403


async def test_program_notes_and_undoes_a_try(desk: Signed) -> None:
    """The same by the API, which says what comes next."""
    path = await referral_of(desk, "Aldo Program")
    desk.browser.headers["x-csrf-token"] = desk.token
    own = f"/api/v1{path}"
    listed = (await desk.browser.get("/api/v1/work")).json()["work"]
    mine = next(each for each in listed if each["client"] == "Aldo Program")
    made = await desk.browser.post(
        f"{own}/attempts", json={"channel": "phone", "result": "no_answer", "seen": mine["version"]}
    )
    assert (made.status_code, made.json()["step"]) == (201, "call_back")
    for odd in ({"result": "sent"}, {"result": "no_answer", "again_on": "9999-12-31"}):
        bad = await desk.browser.post(f"{own}/attempts", json={"channel": "phone", **odd})
        assert bad.status_code == 422
    nobody = await desk.browser.put(f"{own}/owner", json={"owner_id": str(uuid.UUID(int=77))})
    assert nobody.status_code == 404
    stale = await desk.browser.post(
        f"{own}/attempts", json={"channel": "phone", "result": "reached", "seen": mine["version"]}
    )
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "referral_moved")
    undone = await desk.browser.post(f"{own}/attempts/{made.json()['attempt_id']}/undo")
    assert undone.json()["step"] == "first_call"
    tries = (await desk.browser.get(f"{own}/attempts")).json()["attempts"]
    assert [(each["result"], each["is_undone"]) for each in tries] == [("no_answer", True)]
    owned = await desk.browser.put(f"{own}/owner", json={"owner_id": str(uuid.UUID(int=2))})
    assert owned.status_code == 200
    waits = await desk.browser.put(f"{own}/waits", json={"waits_for": "insurance"})
    assert waits.status_code == 200
    rang = await desk.browser.post(f"/api/v1/clients/{mine['client_id']}/rang-back")
    assert (rang.status_code, rang.json()["step"]) == (201, "call_back")
    tried = (await desk.browser.get(f"/api/v1/clients/{mine['client_id']}/attempts")).json()
    assert len(tried["attempts"]) == 2


async def test_call_rules_change_what_is_due(
    desk: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Saved by an administrator, kept where they differ, and counted again by the worker."""
    path = await referral_of(desk, "Bela Rules")
    admin = await as_role("admin")
    form = (await admin.get("/referrals/call-rules")).text
    fields = dict(re.findall(r'name="(\w+)"\s+type="number"\s+value="(\d+)"', form))
    assert len(fields) == 14
    bad = await admin.post("/referrals/call-rules", **{**fields, "attempts": "0"})
    assert bad.status_code == 422
    saved = await admin.follow("/referrals/call-rules", **{**fields, "first_call_days": "5"})
    assert "Rules saved" in saved.text
    kept = await onprem.run("select name, value from practice.call_rule")
    assert [tuple(row) for row in kept] == [("first_call_days", 5)]
    before = await due_of(onprem, path)
    db = Database(onprem.url("gw_worker"), pool_size=1)
    try:
        assert await Planner(db, PRACTICE, [SOURCE]).step() > 0
        assert await Planner(db, PRACTICE, [SOURCE]).step() == 0
    finally:
        await db.close()
    assert await due_of(onprem, path) > before
    await admin.follow("/referrals/call-rules", **fields)
    assert not await onprem.run("select 1 from practice.call_rule")


async def due_of(onprem: PlaneDatabase, path: str) -> datetime:
    """Until when something is due on a referral."""
    rows = await onprem.run(
        "select due_at from practice.work_item where subject_id = $1",
        uuid.UUID(path.rsplit("/", 1)[1]),
    )
    return rows[0]["due_at"]


async def test_who_is_missing_is_put_on_the_list(desk: Signed, onprem: PlaneDatabase) -> None:
    """A referral from before there was a list, or whose row was lost, comes back within the minute."""
    path = await referral_of(desk, "Cleo Missing")
    own = uuid.UUID(path.rsplit("/", 1)[1])
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        f" delete from practice.work_item where subject_id = '{own}'; end $$"
    )
    assert "Cleo Missing" not in (await desk.get("/work")).text
    db = Database(onprem.url("gw_worker"), pool_size=1)
    try:
        async with db.read(Actor("process: worker"), "test") as tx:
            assert own in await unplanned(tx, 1000)
        await Planner(db, PRACTICE, [SOURCE]).step()
    finally:
        await db.close()
    assert "Cleo Missing" in (await desk.get("/work")).text


async def test_urgent_person_without_a_clinician_is_sent_on_after_two_days(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """Time alone turns the row: the list asks to send them to urgent care, and one press records it."""
    path = await referral_of(desk, "Dara Urgent", urgency="urgent", may_report_back="1")
    own = uuid.UUID(path.rsplit("/", 1)[1])
    later = Practice("America/Kentucky/Louisville", clock=lambda: _in_days(3))
    db = Database(onprem.url("gw_worker"), pool_size=1)
    try:
        await Planner(db, later, [SOURCE]).step()
        async with db.uow(Actor("process: worker"), "test") as tx:
            item = await of_subject(tx, KIND, own)
            assert (item.step, item.urgency, item.changes_at) == ("redirect", "urgent", None)  # type: ignore[union-attr]
    finally:
        await db.close()
    action, fields = button((await desk.get("/work")).text, "Dara Urgent", "Sent to urgent care")
    page = (await desk.follow(action, **fields)).text
    assert "Referred out" in page
    assert "Urgent redirect" in page
    assert "Tell the referrer how it went" in page
    told = await desk.follow(f"{path}/attempts", channel="phone", result="told_referrer")
    assert "Nothing to do" in told.text


def _in_days(days: int) -> datetime:
    return datetime.now(ZONE) + timedelta(days=days)


async def test_planning_again_changes_nothing(desk: Signed, onprem: PlaneDatabase) -> None:
    """The row says what the history says: deciding again is a no-op, version and all."""
    path = await referral_of(desk, "Enid Same", allows=("may_voicemail",))
    await desk.follow(f"{path}/attempts", **VOICEMAIL)
    own = uuid.UUID(path.rsplit("/", 1)[1])
    db = Database(onprem.url("gw_worker"), pool_size=1)
    try:
        async with db.uow(Actor("process: worker"), "test") as tx:
            before = (await of_subject(tx, KIND, own)).version  # type: ignore[union-attr]
            await plan_one(tx, own, PRACTICE)
            item = await of_subject(tx, KIND, own)
            await tx.refresh(item)
            said = await next_of(tx, await by_id(tx, own), PRACTICE)  # type: ignore[arg-type]
        assert item is not None
        assert said is not None
        assert (item.version, item.step, item.due_at) == (before, said.step, said.due_at)
    finally:
        await db.close()
