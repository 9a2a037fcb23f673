"""Appointments for programs: those of a day, as IntakeQ last told them."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.params import FromQuery

from lmhg_gateway.features.appointments import repository
from lmhg_gateway.features.appointments.views import is_canceled_here
from lmhg_gateway.features.clients.public import names_of
from lmhg_kit.http.door import check_day
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.persistence import ReadSession


class AppointmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment."""

    id: uuid.UUID
    client_id: uuid.UUID
    client: str
    clinician_id: uuid.UUID | None
    starts_at: datetime
    ends_at: datetime
    status: str
    is_canceled_here: bool
    """Someone canceled it in this office; IntakeQ may not know yet."""
    service: str


class DayOut(msgspec.Struct, frozen=True, kw_only=True):
    """The appointments of one day, and how many there are; more than 300 are not all here."""

    day: date
    appointments: list[AppointmentOut]
    total: int


@answers(
    "/api/v1/appointments", "appointments.read", purpose="appointments.day", tag="appointments"
)
async def list_appointments(
    tx: ReadSession, ask: Ask[Any], day: FromQuery[date | None] = None
) -> DayOut:
    """The appointments of a day at the practice, today's unless another is named."""
    wanted = day or ask.practice.today()
    check_day(wanted)
    bounds = ask.practice.bounds(wanted)
    (found, total), desks = await tx.together(
        repository.between(tx, *bounds), repository.desks_between(tx, *bounds)
    )
    names = await names_of(tx, (each.client_id for each in found))
    return DayOut(
        day=wanted,
        total=total,
        appointments=[
            AppointmentOut(
                id=each.id,
                client_id=each.client_id,
                client=names.get(each.client_id, ""),
                clinician_id=each.clinician_id,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                status=each.status,
                is_canceled_here=is_canceled_here(desks.get(each.id)),
                service=each.service or "",
            )
            for each in found
        ],
    )


HANDLERS = (list_appointments,)
