"""Seen before, nothing booked: who is on the list, when they are asked again, and that time brings them back."""

import re
import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lmhg_gateway.features.recalls.rules import (
    Facts,
    Outcome,
    check_decision,
    month_after,
    next_call,
)
from lmhg_gateway.features.recalls.service import plan_one, unplanned
from lmhg_kit.errors import Invalid
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.office_hours import OfficeHours
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures
from .records import new_client, referral_of  # noqa: TID252 - beside this file

ZONE = ZoneInfo("America/Kentucky/Louisville")
HOURS = OfficeHours(ZONE)
NAMED = "perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


async def seen(onprem: PlaneDatabase, client: str, *, days: int, status: str = "attended") -> None:
    """A visit of a client so many days ago, or ahead."""
    starts = datetime.now(ZONE) - timedelta(days=days)
    await onprem.run(
        f"do $$ begin {NAMED}; insert into practice.appointment"
        " (id, client_id, clinician_id, starts_at, ends_at, status) values"
        f" ('{uuid.uuid4()}', '{client}', '{PEOPLE['clinician']}', '{starts}',"
        f" '{starts + timedelta(minutes=50)}', '{status}'); end $$"
    )


async def on_list(desk: Signed, name: str, view: str = "open") -> bool:
    """Whether someone is on a view of the list."""
    return name in (await desk.get("/recalls", view=view)).text


@pytest.mark.parametrize(
    ("visits", "is_there"),
    [
        ([(20, "attended")], True),
        ([(20, "confirmed")], True),
        ([(10, "attended")], False),
        ([(200, "attended")], False),
        ([(20, "canceled")], False),
        ([(20, "missed")], False),
        ([(20, "attended"), (-3, "confirmed")], False),
        ([(20, "attended"), (-3, "canceled")], True),
        ([(30, "attended"), (20, "attended")], True),
        ([(30, "attended"), (5, "missed")], True),
    ],
)
async def test_who_has_nothing_booked(
    as_role: AsRole, onprem: PlaneDatabase, *, visits: list[tuple[int, str]], is_there: bool
) -> None:
    """Whose last visit that took place was two weeks to half a year ago, with nothing after it."""
    name = f"Kestrel {uuid.uuid4().hex[:10]}"
    client = await new_client(as_role, name)
    for days, status in visits:
        await seen(onprem, client, days=days, status=status)
    desk = await as_role("front_desk")
    page = (await desk.get("/recalls")).text
    assert (name in page) is is_there
    assert page.count(f"/clients/{client}/ask-back") == (1 if is_there else 0)


async def test_who_has_an_open_referral_is_not_asked_twice(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """They are on the work list already."""
    desk = await as_role("front_desk")
    path = await referral_of(desk, "Leontyne Open")
    rows = await onprem.run(
        "select client_id from practice.referral where id = $1", uuid.UUID(path.rsplit("/", 1)[1])
    )
    await seen(onprem, str(rows[0]["client_id"]), days=20)
    assert not await on_list(desk, "Leontyne Open")


async def test_decision_takes_them_off_and_the_month_brings_them_back(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Undo puts them back; in the month the work list asks; next month and not coming end that."""
    client = await new_client(as_role, "Mirabel Recall", mobile="502-555-0142")
    await seen(onprem, client, days=20)
    desk = await as_role("front_desk")
    path = f"/clients/{client}/ask-back"
    wrong = await desk.post(path, outcome="later", reason="break")
    assert (wrong.status_code, "Choose the month" in wrong.text) == (422, True)
    ahead = month_after(Practice(ZONE.key).today(), 2).isoformat()
    page = await desk.follow(path, outcome="later", reason="break", month=ahead)
    assert [await on_list(desk, "Mirabel Recall", view) for view in ("open", "now", "later")] == [
        False, False, True,
    ]  # fmt: skip
    undo = re.search(r'action="(/recalls/[0-9a-f-]+/undo)"', page.text)
    assert undo
    await desk.follow(undo[1])
    assert await on_list(desk, "Mirabel Recall")
    this = Practice(ZONE.key).today().isoformat()
    await desk.follow(path, outcome="later", reason="break", month=this)
    work = (await desk.get("/work", view="visits")).text
    found = re.search(r'formaction="(/recalls/([0-9a-f-]+))/later"', work)
    assert found
    assert "Mirabel Recall" in work
    assert "Ask again?" in (await desk.get(found[1])).text
    odd = await desk.post(f"{found[1]}/attempts", channel="phone", result="exploded")
    assert odd.status_code == 422
    await desk.follow(f"{found[1]}/attempts", channel="phone", result="no_answer")
    await desk.follow(f"{found[1]}/later")
    assert await on_list(desk, "Mirabel Recall", "later")
    assert "Mirabel Recall" not in (await desk.get("/work", view="visits")).text
    await desk.follow(path, outcome="over", reason="finished")
    views = [await on_list(desk, "Mirabel Recall", view) for view in ("open", "now", "later")]
    assert views == [False, False, False]
    assert "Care is complete" in (await desk.get(path)).text


async def test_new_appointment_ends_the_asking(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """The planner takes the call off, and does not find it missing again."""
    client = await new_client(as_role, "Nerys Booked")
    await seen(onprem, client, days=20)
    desk = await as_role("front_desk")
    this = Practice(ZONE.key).today().isoformat()
    await desk.follow(f"/clients/{client}/ask-back", outcome="later", reason="away", month=this)
    assert "Nerys Booked" in (await desk.get("/work", view="visits")).text
    await seen(onprem, client, days=-7, status="confirmed")
    [row] = await onprem.run(
        "select id from practice.recall where client_id = $1", uuid.UUID(client)
    )
    db = Database(onprem.url("gw_worker"), pool_size=1)
    async with db.uow(Actor("process: worker"), "test") as tx:
        await plan_one(tx, row["id"], Practice(ZONE.key))
        assert row["id"] not in await unplanned(tx, 100)
    await db.close()
    assert "Nerys Booked" not in (await desk.get("/work", view="visits")).text
    assert not await on_list(desk, "Nerys Booked", "now")


def test_month_is_one_to_come() -> None:
    """A month that is over, or more than a year ahead, is none to choose."""
    today = date(2026, 12, 15)
    assert check_decision(Outcome.LATER, date(2026, 12, 1), today=today) == date(2026, 12, 1)
    assert check_decision(Outcome.OVER, None, today=today) is None
    for month in (date(2026, 11, 30), date(2028, 3, 1), None):
        with pytest.raises(Invalid):
            check_decision(Outcome.LATER, month, today=today)


@pytest.mark.parametrize(
    ("said", "at", "is_due"),
    [
        ({}, datetime(2026, 12, 31, 12, tzinfo=ZONE), False),
        ({}, datetime(2027, 1, 1, 0, 30, tzinfo=ZONE), True),
        ({"is_busy": True}, datetime(2027, 1, 5, 12, tzinfo=ZONE), False),
        ({"is_newest": False}, datetime(2027, 1, 5, 12, tzinfo=ZONE), False),
        ({"outcome": Outcome.OVER}, datetime(2027, 1, 5, 12, tzinfo=ZONE), False),
    ],
)
def test_call_comes_with_its_month(*, said: dict[str, object], at: datetime, is_due: bool) -> None:
    """Not before, and not where something else came between."""
    usual = {
        "outcome": Outcome.LATER,
        "month": date(2027, 1, 1),
        "decided_at": datetime(2026, 12, 2, 12, tzinfo=ZONE),
        "is_newest": True,
        "is_busy": False,
    }
    found = next_call(Facts(**{**usual, **said}), HOURS, at=at)  # type: ignore[arg-type]
    assert (found is not None) is is_due
