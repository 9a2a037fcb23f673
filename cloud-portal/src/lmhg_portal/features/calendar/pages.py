"""The calendar page: a week of clinicians' busy time, and nothing about anybody's care."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery

from lmhg_kit.feature import HITS_MAX, Asked, Hit
from lmhg_kit.http.access import needs
from lmhg_kit.http.door import day_in, folded
from lmhg_kit.http.page import page
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE
from lmhg_kit.ui.weeks import WEEK_DAYS, week_start
from lmhg_portal.adapters import replica
from lmhg_portal.features.calendar.views import bounds, folded_runs, week

AnyRequest = Request[Any, Any, Any]


@get("/calendar", opt=needs("calendar.read"), include_in_schema=False)
async def calendar_page(
    request: AnyRequest, day: FromQuery[str] = "", clinician: FromQuery[str] = ""
) -> Response[Any]:
    """One week; the day and the clinician stand in the address."""
    practice = PRACTICE.of(request)
    zone, today = practice.zone, practice.today()
    first = week_start(day_in(day) or today)
    async with reading(request, "calendar.view") as tx:
        blocks = await replica.blocks_between(tx, *bounds(first, zone))
        names = await replica.staff_names(tx)
        shared = await replica.is_shared(tx, "calendar_block")
    shown = {block.body.clinician_id for block in blocks}
    choices = sorted(
        ((found, names.get(found, "A colleague")) for found in shown), key=lambda c: c[1]
    )
    return await page(
        request,
        "calendar/week.html",
        days=folded_runs(week(first, blocks, names, zone=zone, clinician=clinician), today=today),
        first=first,
        earlier=first - timedelta(days=WEEK_DAYS),
        later=first + timedelta(days=WEEK_DAYS),
        today=today,
        choices=choices,
        clinician=clinician,
        shared=shared,
    )


async def find_weeks(tx: ReadSession, asked: Asked) -> list[Hit]:
    """The week of a day, or the calendar of a colleague by name."""
    day = day_in(asked.text)
    if day:
        return [Hit(label=f"Week of {day}", href=f"/calendar?day={day}", icon="calendar")]
    wanted = folded(asked.text)
    return [
        Hit(label=name, href=f"/calendar?clinician={person}", icon="calendar")
        for person, name in sorted((await replica.staff_names(tx)).items(), key=lambda n: n[1])
        if wanted in folded(name)
    ][:HITS_MAX]
