"""Appointments as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.rules import NOT_TAKEN, status_words
from lmhg_kit.ui.spans import days_covered
from lmhg_kit.ui.weeks import WEEK_DAYS, WeekBlock, WeekDay, place_in


class AppointmentRow(msgspec.Struct, frozen=True):
    """One appointment in a list."""

    id: uuid.UUID
    client_id: uuid.UUID
    client: str
    clinician: str
    starts_at: datetime
    ends_at: datetime
    status: str
    status_kind: str
    service: str
    note: str
    phone: str = ""


def week(
    appointments: Iterable[Appointment],
    *,
    clients: Mapping[uuid.UUID, str],
    staff: Mapping[str, str],
    first: date,
    zone: ZoneInfo,
) -> list[WeekDay]:
    """Seven days with the appointments that take place on them."""
    last = first + timedelta(days=WEEK_DAYS - 1)
    days: dict[date, list[WeekBlock]] = {first + timedelta(days=n): [] for n in range(WEEK_DAYS)}
    for each in appointments:
        if each.status in NOT_TAKEN:
            continue
        for day in days_covered(each.starts_at, each.ends_at, zone, first=first, last=last):
            row, slots = place_in(day, each.starts_at, each.ends_at, zone)
            days[day].append(
                WeekBlock(
                    title=clients.get(each.client_id, ""),
                    detail=staff.get(str(each.clinician_id), "Not assigned"),
                    href=f"/clients/{each.client_id}",
                    starts_at=each.starts_at,
                    ends_at=each.ends_at,
                    row=row,
                    rows=slots,
                    kind="warn" if each.status == "waitingconfirmation" else "",
                )
            )
    return [WeekDay(day=day, blocks=blocks) for day, blocks in days.items()]


def rows(
    appointments: Iterable[Appointment],
    *,
    clients: Mapping[uuid.UUID, str],
    staff: Mapping[str, str],
) -> list[AppointmentRow]:
    """The rows of a day or of a client."""
    made: list[AppointmentRow] = []
    for each in appointments:
        words, kind = status_words(each.status)
        made.append(
            AppointmentRow(
                id=each.id,
                client_id=each.client_id,
                client=clients.get(each.client_id, ""),
                clinician=staff.get(str(each.clinician_id), "Not assigned"),
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                status=words,
                status_kind=kind,
                service=each.service or "",
                note=each.local_note or "",
            )
        )
    return made
