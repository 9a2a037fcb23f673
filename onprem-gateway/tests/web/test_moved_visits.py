"""Visits that IntakeQ moved or deleted: what the desk said is about the time that it was said of."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from lmhg_gateway.features.appointments.desk import plan_one
from lmhg_gateway.features.appointments.public import taking_place
from lmhg_gateway.features.appointments.service import forget_visit
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .test_day_board import (  # noqa: TID252 - beside this file
    PRACTICE,
    ZONE,
    Told,
    board,
    desk,
    told,
    visit,
)

__all__ = ["desk", "told"]
NOW_MS = int(datetime.now(UTC).timestamp() * 1000)


async def is_taking_place(told: Told) -> bool:
    """Whether the visit takes place at its time, as the downtime packet and a handover see it."""
    hour = timedelta(hours=1)
    async with told.db.read(Actor("process: worker"), "test") as tx:
        found = await taking_place(tx, told.starts - hour, told.starts + hour)
    return told.made in [str(each.id) for each in found]


async def row_of(desk: Signed, told: Told) -> str:
    """The visit's row on the board of its day."""
    day = told.starts.astimezone(ZONE).date().isoformat()
    page = (await desk.get("/appointments/board", day=day)).text
    return page.partition(told.made)[2].partition("</li>")[0]


@pytest.mark.parametrize("said", ["missed", "canceled"])
async def test_what_was_said_of_the_former_time_is_not_said_of_the_new_one(
    desk: Signed, told: Told, said: str
) -> None:
    """Missed or canceled here, then moved in IntakeQ: on the new day it is expected, everywhere."""
    ahead = {"missed": timedelta(minutes=-20), "canceled": timedelta(days=2)}[said]
    told.starts = datetime.now(UTC) + ahead
    await told.says(NOW_MS)
    if said == "missed":
        await desk.follow(f"/appointments/{told.made}/state", state="missed", seen="expected")
    else:
        await desk.follow(f"/appointments/{told.made}/cancel", reason="client")
    assert not await is_taking_place(told)
    told.starts = datetime.now(UTC) + timedelta(days=4)
    await told.says(NOW_MS + 60_000)
    assert await is_taking_place(told)
    page = (await desk.get(f"/appointments/{told.made}")).text
    assert "Canceled here" not in page
    work = (await desk.get("/work")).text
    assert "Cancel it in IntakeQ" not in work.partition(told.client)[2][:1500]


async def test_visit_that_intakeq_deleted_leaves_the_work_list(
    desk: Signed, told: Told, onprem: PlaneDatabase
) -> None:
    """Nothing is left to cancel there."""
    told.starts = datetime.now(UTC) + timedelta(days=2)
    await told.says(NOW_MS)
    await desk.follow(f"/appointments/{told.made}/cancel", reason="client")
    waiting = "select count(*) from practice.work_item where subject_id = $1::uuid"
    assert (await onprem.run(waiting, told.made))[0]["count"] == 1
    async with told.db.uow(Actor("process: worker"), "test") as tx:
        assert await forget_visit(tx, f"iq-{told.made}")
    due = await onprem.run(
        "select changes_at <= now() as is_due from practice.work_item where subject_id = $1::uuid",
        told.made,
    )
    assert due[0]["is_due"]
    async with told.db.uow(Actor("process: worker"), "work.plan") as tx:
        await plan_one(tx, uuid.UUID(told.made), PRACTICE)
    assert (await onprem.run(waiting, told.made))[0]["count"] == 0


async def test_license_that_is_over_is_said(
    desk: Signed, onprem: PlaneDatabase, as_role: AsRole
) -> None:
    """A clinician whose only license ended has none, anywhere; one without any on record is not judged."""
    made, _ = await visit(onprem, as_role, "Orsolya Expired", clinician="second")
    await desk.follow(f"/appointments/{made}/place", place="KY")
    assert "No license" not in await board(desk, made)
    until = PRACTICE.today() - timedelta(days=3)
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true); insert into practice.staff_credential"
        " (id, person_id, kind, state, number, issuer, valid_until, changed_by)"
        f" values (gen_random_uuid(), '{PEOPLE['second']}', 'license', 'KY', 'L', '', '{until}',"
        " 'test'); end $$"
    )
    assert "No license in Kentucky" in await board(desk, made)
