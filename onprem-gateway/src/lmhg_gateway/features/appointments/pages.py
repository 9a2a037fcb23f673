"""Pages of appointments: one day at a time."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from lmhg_gateway.features.appointments import repository, views
from lmhg_gateway.features.appointments.desk_repository import desk_of
from lmhg_gateway.features.appointments.listed import day_part
from lmhg_gateway.features.appointments.rules import status_words
from lmhg_gateway.features.calendar.public import block_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.door import day_in
from lmhg_kit.http.forms import query_of
from lmhg_kit.http.page import go, page
from lmhg_kit.http.work import reading
from lmhg_kit.practice import PRACTICE
from lmhg_kit.ui.spans import day_bounds
from lmhg_kit.ui.weeks import WEEK_DAYS, week_start

WEEK = "/appointments/week"
AnyRequest = Request[Any, Any, Any]


@get("/appointments", opt=needs("appointments.read"), include_in_schema=False)
async def day_list(request: AnyRequest) -> Response[Any]:
    """The appointments of one day, with how fresh they are."""
    practice = PRACTICE.of(request)
    zone, today = practice.zone, practice.today()
    day = day_in(query_of(request).get("day", "")) or today
    part = day_part(day, zone, shows_cloud=may(request, "cloud_copy.read"))
    part = replace(part, fixed={"day": day.isoformat()} if day != today else {})
    wanted = part.wanted(request)
    async with reading(request, "appointments.day") as tx:
        begins, ends = day_bounds(day, zone)
        (found, total), clients, desks, staff, (seen_at, calls) = await tx.together(
            repository.between(tx, begins, ends, first=wanted.first, size=wanted.size),
            repository.names_between(tx, begins, ends, first=wanted.first, size=wanted.size),
            repository.desks_between(tx, begins, ends),
            staff_names(tx),
            repository.freshness(tx, zone=zone.key),
        )
        await part.audit(tx, wanted)
    rows = views.rows(found, clients=clients, staff=staff, desks=desks)
    if wanted.is_file:
        return part.file(request, rows, total=total)
    return await page(
        request,
        "appointments/day.html",
        list=part.made(wanted, rows, total=total),
        day=day,
        today=today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        seen_at=seen_at,
        calls=calls,
        calls_a_day=repository.CALLS_A_DAY,
    )


@get(WEEK, opt=needs("appointments.read"), include_in_schema=False)
async def week_page(request: AnyRequest) -> Response[str]:
    """The appointments of one week, as a grid."""
    practice = PRACTICE.of(request)
    today = practice.today()
    query = query_of(request)
    first = week_start(day_in(query.get("day", "")) or today)
    clinician = query.get("clinician", "")
    async with reading(request, "appointments.week") as tx:
        begins, ends = practice.bounds(first, days=WEEK_DAYS)
        (found, _), clients, desks, staff = await tx.together(
            repository.between(tx, begins, ends),
            repository.names_between(tx, begins, ends),
            repository.desks_between(tx, begins, ends),
            staff_names(tx),
        )
    return await page(
        request,
        "appointments/week.html",
        days=views.week(
            found,
            clients=clients,
            staff=staff,
            desks=desks,
            first=first,
            zone=practice.zone,
            clinician=clinician,
        ),
        clinicians=views.clinician_chips(
            found, staff, path=WEEK, fixed={"day": first.isoformat()}, chosen=clinician
        ),
        whose=f"&clinician={clinician}" if clinician else "",
        first=first,
        before=first - timedelta(days=WEEK_DAYS),
        after=first + timedelta(days=WEEK_DAYS),
        today=today,
    )


@get(
    "/appointments/{appointment_id:uuid}/cloud",
    opt=needs("cloud_copy.read"),
    include_in_schema=False,
)
async def cloud_copy(request: AnyRequest, appointment_id: FromPath[uuid.UUID]) -> Response[Any]:
    """On to the page of this appointment's block, or why there is none."""
    async with reading(request, "appointments.cloud") as tx:
        found = await repository.by_id(tx, appointment_id)
        if found is None:
            raise NotFound("appointment")
        block_id, desk = await tx.together(
            block_of(tx, appointment_id), desk_of(tx, appointment_id)
        )
    if block_id is not None:
        return go(request, f"/compliance/cloud/calendar_block/{block_id}")
    return await page(
        request,
        "appointments/not_in_cloud.html",
        status_words=status_words(found.status)[0],
        is_canceled_here=views.is_canceled_here(desk),
    )
