"""The day board: one tap a step, undo, what is in the way, notes that stay, and canceling with its effects."""

import re
import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lmhg_gateway.adapters.intakeq import Visit
from lmhg_gateway.features.appointments.desk import plan_one, unplanned
from lmhg_gateway.features.appointments.repository import taking_place
from lmhg_gateway.features.appointments.service import forget_visit, store_visit
from lmhg_gateway.features.clients.public import link
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .records import new_client  # noqa: TID252 - beside this file

ZONE = ZoneInfo("America/Kentucky/Louisville")
PRACTICE = Practice("America/Kentucky/Louisville")
BOARD = {"referer": "http://work.test/appointments/board"}


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk, on the day board."""
    signed = await as_role("front_desk")
    signed.browser.headers.update(BOARD)
    return signed


async def visit(
    onprem: PlaneDatabase,
    as_role: AsRole,
    name: str,
    *,
    minutes: int = -5,
    clinician: str = "clinician",
    client: str = "",
    status: str = "confirmed",
) -> tuple[str, str]:
    """An appointment that begins so many minutes from now; its id and its client's."""
    client = client or await new_client(as_role, name, mobile="502-555-0142")
    starts = datetime.now(ZONE) + timedelta(minutes=minutes)
    made = str(uuid.uuid4())
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " insert into practice.appointment (id, client_id, clinician_id, starts_at, ends_at, status)"
        f" values ('{made}', '{client}', '{PEOPLE[clinician]}', '{starts}',"
        f" '{starts + timedelta(minutes=50)}', '{status}'); end $$"
    )
    return made, client


def row_of(page: str, made: str) -> str:
    """The row of one visit."""
    return next(part for part in page.split("<li data-row") if f"/appointments/{made}" in part)


async def board(desk: Signed, made: str) -> str:
    """Its row on today's board, or on tomorrow's where today is nearly over."""
    for day in (PRACTICE.today(), PRACTICE.today() - timedelta(days=1)):
        page = (await desk.get("/appointments/board", day=day.isoformat())).text
        if f"/appointments/{made}" in page:
            return row_of(page, made)
    raise AssertionError("not on the board")


async def test_visit_goes_from_expected_to_done_and_back(
    desk: Signed, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """One tap a step; each notice takes it back, until another step was taken."""
    made, _ = await visit(onprem, as_role, "Anneke Boardwalk")
    assert "Expected" in await board(desk, made)
    path = f"/appointments/{made}/state"
    page = await desk.follow(path, state="arrived", seen="expected")
    assert page.url.path == "/appointments/board"
    undo = re.search(rf'action="(/appointments/{made}/steps/[0-9a-f-]+/undo)"', page.text)
    assert undo
    assert "Arrived" in await board(desk, made)
    await desk.follow(undo[1])
    assert "Expected" in await board(desk, made)
    await desk.follow(path, state="in_session", seen="expected")
    await desk.follow(path, state="done", seen="in_session")
    assert "Done" in await board(desk, made)
    assert (await desk.post(undo[1])).status_code == 303
    steps = await onprem.run(
        "select to_state, undone_at is not null as gone from practice.visit_step"
        " where appointment_id = $1 order by stepped_at",
        uuid.UUID(made),
    )
    said = [(each["to_state"], each["gone"]) for each in steps]
    assert said == [("arrived", True), ("in_session", False), ("done", False)]


async def test_pressed_twice_counts_once_and_a_stale_row_is_refused(
    desk: Signed, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """Two people at two desks learn of each other; a step that is not possible is refused."""
    made, _ = await visit(onprem, as_role, "Bastian Doubletap")
    path = f"/appointments/{made}/state"
    for _ in range(2):
        assert (await desk.post(path, state="arrived", seen="expected")).status_code == 303
    other = await as_role("clinician")
    late = await other.post(path, state="missed", seen="expected")
    assert (late.status_code, "Someone already changed this" in late.text) == (409, True)
    await other.post(path, state="done", seen="arrived")
    back = await other.post(path, state="arrived", seen="done")
    assert (back.status_code, "not possible" in back.text) == (409, True)
    rows = await onprem.run(
        "select id, stepped_by from practice.visit_step where appointment_id = $1"
        " order by stepped_at",
        uuid.UUID(made),
    )
    assert len(rows) == 2
    del desk.browser.headers["referer"]
    of_other = await desk.post(f"/appointments/{made}/steps/{rows[1]['id']}/undo")
    assert (of_other.status_code, "Only they can undo it" in of_other.text) == (409, True)


async def test_two_at_once_are_shown_and_allowed(
    desk: Signed, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """Both rows say who else is there; a client who is booked twice is told apart."""
    one, client = await visit(onprem, as_role, "Corin Overlap")
    other, _ = await visit(onprem, as_role, "Delphine Overlap", minutes=10)
    assert "also Delphine Overlap" in await board(desk, one)
    assert "also Corin Overlap" in await board(desk, other)
    await visit(onprem, as_role, "", minutes=-5, clinician="front_desk", client=client)
    assert "Booked twice" in await board(desk, one)
    await desk.follow(f"/appointments/{other}/cancel", reason="client")
    assert "also Delphine Overlap" not in await board(desk, one)


async def test_missed_visit_is_on_the_work_list_until_it_is_seen_to(
    desk: Signed, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """A later appointment ends it too; undo brings it back."""
    made, client = await visit(onprem, as_role, "Emmerich Missing")
    await desk.follow(f"/appointments/{made}/state", state="missed", seen="expected")
    assert "Emmerich Missing" in (await desk.get("/work", view="visits")).text
    page = await desk.follow(f"/appointments/{made}/seen-to")
    assert "Emmerich Missing" not in (await desk.get("/work", view="visits")).text
    undo = re.search(rf'action="(/appointments/{made}/seen-to/undo)"', page.text)
    assert undo
    await desk.follow(undo[1])
    assert "Emmerich Missing" in (await desk.get("/work", view="visits")).text
    await visit(onprem, as_role, "", minutes=60 * 24 * 7, client=client)
    db = Database(onprem.url("gw_worker"), pool_size=1)
    async with db.uow(Actor("process: worker"), "test") as tx:
        await plan_one(tx, uuid.UUID(made), PRACTICE)
    await db.close()
    assert "Emmerich Missing" not in (await desk.get("/work", view="visits")).text


async def test_what_intakeq_says_is_missed_is_found_by_the_planner(
    desk: Signed, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """No one pressed anything here; what the rule wants is what the query finds, and no more."""
    made, _ = await visit(onprem, as_role, "Fenna Elsewhere", minutes=-120)
    db = Database(onprem.url("gw_worker"), pool_size=1)
    ids: list[bool] = []
    for status in ("confirmed", "missed", "canceled"):
        async with db.uow(Actor("process: worker"), "test") as tx:
            await onprem.run(
                "do $$ begin perform set_config('app.actor', 'test', true),"
                " set_config('app.purpose', 'test', true); update practice.appointment"
                f" set status = '{status}' where id = '{made}'; end $$"
            )
            ids.append(uuid.UUID(made) in await unplanned(tx, 100))
    await db.close()
    assert ids == [False, True, False]


async def test_note_stays_whatever_intakeq_sends(
    desk: Signed, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """And two people who write at once see both notes."""
    made, client = await visit(onprem, as_role, "Gereon Noteworthy")
    page = (await desk.get(f"/appointments/{made}")).text
    fields = dict(re.findall(r'name="(version|base)" value="([^"]*)"', page))
    base = fields["base"].replace("&#34;", '"')
    said = {"version": fields["version"], "base": base}
    kept = await desk.follow(f"/appointments/{made}/note", note="Ramp at the side door", **said)
    assert "Ramp at the side door" in kept.text
    db = Database(onprem.url("gw_worker"), pool_size=1)
    async with db.uow(Actor("process: worker"), "test") as tx:
        await link(tx, "appointment", "iq-note", uuid.UUID(made))
        starts = datetime.now(ZONE) + timedelta(hours=1)
        fresh = Visit(
            id="iq-note",
            client_number="1",
            starts_at=starts,
            ends_at=starts + timedelta(minutes=50),
            status="confirmed",
            clinician_email="",
            service="Intake",
            place="Room 2",
            changed_ms=2,
        )
        assert await store_visit(tx, fresh, client_id=uuid.UUID(client), part2=False)
    await db.close()
    assert "Ramp at the side door" in (await desk.get(f"/appointments/{made}")).text
    other = await as_role("clinician")
    late = await other.post(f"/appointments/{made}/note", note="Brings a dog", **said)
    assert late.status_code == 409
    assert "Ramp at the side door" in late.text
    assert "Brings a dog" in late.text


async def test_where_the_client_sits_is_one_tap_the_next_time(
    desk: Signed, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """What was said last is offered; a place that is none is refused."""
    before, client = await visit(onprem, as_role, "Hilde Whereabouts", minutes=-60 * 24 * 3)
    await desk.follow(f"/appointments/{before}/place", place="IN")
    made, _ = await visit(onprem, as_role, "", client=client)
    assert "In IN again" not in await board(desk, made)
    assert "Indiana again" in await board(desk, made)
    await desk.follow(f"/appointments/{made}/place", place="IN")
    row = await board(desk, made)
    assert ("sits in Indiana" in row, "again" in row) == (True, False)
    del desk.browser.headers["referer"]
    wrong = await desk.post(f"/appointments/{made}/place", place="QQ")
    assert wrong.status_code == 422


class Told:
    """What IntakeQ says of an appointment two days ahead, and how many blocks the calendar has of it."""

    def __init__(self, onprem: PlaneDatabase, db: Database, made: str, client: str) -> None:
        self.onprem, self.db, self.made, self.client = onprem, db, made, client
        self.starts = datetime.now(ZONE) + timedelta(days=2)

    async def says(self, changed_ms: int, status: str = "confirmed") -> int:
        """Take an answer of IntakeQ in; the blocks after it."""
        seen = Visit(
            id=f"iq-{self.made}",
            client_number="1",
            starts_at=self.starts,
            ends_at=self.starts + timedelta(minutes=50),
            status=status,
            clinician_email="clinician@work.test",
            service="",
            place="",
            changed_ms=changed_ms,
            left_out=("clinician: not there",),
        )
        async with self.db.uow(Actor("process: worker"), "test") as tx:
            await store_visit(tx, seen, client_id=uuid.UUID(self.client), part2=False)
        return await self.blocks()

    async def blocks(self) -> int:
        """Blocks of this appointment."""
        found = await self.onprem.run(
            "select count(*) as n from practice.calendar_block where appointment_id = $1",
            uuid.UUID(self.made),
        )
        return int(found[0]["n"])

    async def steps(self) -> list[str]:
        """What is left to do after it, on the work list."""
        found = await self.onprem.run(
            "select step from practice.work_item where subject_id = $1", uuid.UUID(self.made)
        )
        return [each["step"] for each in found]


@pytest.fixture
async def told(onprem: PlaneDatabase, as_role: AsRole) -> AsyncIterator[Told]:
    """An appointment that IntakeQ knows."""
    made, client = await visit(onprem, as_role, "Ilse Cancelation", minutes=60 * 24 * 2)
    db = Database(onprem.url("gw_worker"), pool_size=1)
    async with db.uow(Actor("process: worker"), "test") as tx:
        await link(tx, "appointment", f"iq-{made}", uuid.UUID(made))
    yield Told(onprem, db, made, client)
    await db.close()


async def test_cancel_lists_its_effects_and_frees_the_time(desk: Signed, told: Told) -> None:
    """The block goes at once, IntakeQ's older word does not bring it back, and undo does."""
    now_ms = int(datetime.now(ZONE).timestamp() * 1000)
    assert await told.says(now_ms - 1000) == 1
    path = f"/appointments/{told.made}/cancel"
    own, _, left = (await desk.get(path)).text.partition("Left for you to do")
    assert "portal shows this time as free" in own
    assert "Cancel it in IntakeQ" in left
    del desk.browser.headers["referer"]
    assert (await desk.post(path)).status_code == 422
    done = await desk.follow(path, reason="client")
    assert "IntakeQ does not know yet" in done.text
    assert await told.blocks() == 0
    assert "Cancel it in IntakeQ too" in (await desk.get("/work", view="visits")).text
    assert await told.says(now_ms - 500) == 0
    undo = re.search(rf'action="({path}/undo)"', done.text)
    assert undo
    await desk.follow(undo[1])
    assert await told.blocks() == 1


async def test_newer_word_of_intakeq_counts_after_a_cancel(desk: Signed, told: Told) -> None:
    """Still booked there: the time is taken again. Canceled there too: both agree, and undo is refused."""
    path = f"/appointments/{told.made}/cancel"
    await told.says(1)
    await desk.follow(path, reason="closed")
    now_ms = int(datetime.now(ZONE).timestamp() * 1000)
    assert await told.says(now_ms + 60_000) == 1
    assert await told.says(now_ms + 120_000, "canceled") == 0
    after = (await desk.get(f"/appointments/{told.made}")).text
    assert "IntakeQ does not know yet" not in after
    del desk.browser.headers["referer"]
    late = await desk.post(f"{path}/undo")
    assert (late.status_code, "is canceled" in late.text) == (409, True)


async def test_word_of_the_desk_is_about_the_time_it_was_said_of(desk: Signed, told: Told) -> None:
    """Missed, then moved in IntakeQ: it is expected at its new time, and no one is to call."""
    now_ms = int(datetime.now(ZONE).timestamp() * 1000)
    told.starts = datetime.now(ZONE) - timedelta(minutes=20)
    await told.says(now_ms)
    path = f"/appointments/{told.made}"
    page = await desk.follow(f"{path}/state", state="missed", seen="expected")
    undo = re.search(rf'action="({path}/steps/[0-9a-f-]+/undo)"', page.text)
    assert undo
    told.starts = datetime.now(ZONE) + timedelta(days=3)
    await told.says(now_ms + 60_000)
    day = told.starts.date().isoformat()
    row = row_of((await desk.get("/appointments/board", day=day)).text, told.made)
    assert "Expected" in row
    assert "Missed" not in row
    async with told.db.uow(Actor("process: worker"), "test") as tx:
        await plan_one(tx, uuid.UUID(told.made), PRACTICE)
        assert uuid.UUID(told.made) not in await unplanned(tx, 500)
    assert not await told.steps()
    del desk.browser.headers["referer"]
    late = await desk.post(undo[1])
    assert (late.status_code, "Someone already changed this" in late.text) == (409, True)
    assert (await desk.follow(f"{path}/place", place="KY")).status_code == 200
    (kept,) = await told.onprem.run(
        "select state, client_state from practice.visit_desk where appointment_id = $1",
        uuid.UUID(told.made),
    )
    assert (kept["state"], kept["client_state"]) == (None, "KY")


async def test_canceled_here_then_moved_there_takes_place(desk: Signed, told: Told) -> None:
    """The board, the page, the work list, the packet for downtime and the calendar all say so."""
    now_ms = int(datetime.now(ZONE).timestamp() * 1000)
    await told.says(now_ms)
    path = f"/appointments/{told.made}"
    await desk.follow(f"{path}/cancel", reason="client")
    assert await told.steps() == ["visit_cancel"]
    told.starts = datetime.now(ZONE) + timedelta(days=4)
    assert await told.says(now_ms + 1) == 1
    async with told.db.uow(Actor("process: worker"), "test") as tx:
        await plan_one(tx, uuid.UUID(told.made), PRACTICE)
        hour = timedelta(hours=1)
        found = await taking_place(tx, told.starts - hour, told.starts + hour)
    assert told.made in [str(each.id) for each in found]
    assert await told.steps() == []
    day = told.starts.date().isoformat()
    row = row_of((await desk.get("/appointments/board", day=day)).text, told.made)
    assert "Canceled here" not in row
    page = (await desk.get(path)).text
    assert "IntakeQ does not know yet" not in page
    assert f"{path}/cancel" in page
    await desk.follow(f"{path}/cancel", reason="client")
    assert await told.steps() == ["visit_cancel"]


async def test_deleted_there_leaves_the_work_list(desk: Signed, told: Told) -> None:
    """No one is to cancel there what IntakeQ has no more."""
    await told.says(int(datetime.now(ZONE).timestamp() * 1000))
    await desk.follow(f"/appointments/{told.made}/cancel", reason="client")
    before = datetime.now(ZONE)
    async with told.db.uow(Actor("process: worker"), "test") as tx:
        assert await forget_visit(tx, f"iq-{told.made}")
    (row,) = await told.onprem.run(
        "select changes_at from practice.work_item where subject_id = $1", uuid.UUID(told.made)
    )
    assert before <= row["changes_at"] <= datetime.now(ZONE)
    async with told.db.uow(Actor("process: worker"), "test") as tx:
        await plan_one(tx, uuid.UUID(told.made), PRACTICE)
    assert await told.steps() == []
