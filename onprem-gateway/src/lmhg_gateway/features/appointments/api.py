"""Appointments for programs: those of a day, as IntakeQ last told them."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.params import FromQuery

from lmhg_gateway.features.appointments import repository
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
    found, total = await repository.between(tx, *ask.practice.bounds(wanted))
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
                service=each.service or "",
            )
            for each in found
        ],
    )


HANDLERS = (list_appointments,)
