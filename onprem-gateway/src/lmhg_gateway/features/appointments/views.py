"""Appointments as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from lmhg_gateway.features.appointments.board_rules import LABELS, Desk
from lmhg_gateway.features.appointments.models import Appointment, VisitDesk
from lmhg_gateway.features.appointments.overlap_rules import Span, overlaps
from lmhg_gateway.features.appointments.rules import NOT_TAKEN, status_words
from lmhg_kit.http.paging import address
from lmhg_kit.ui.spans import days_covered
from lmhg_kit.ui.weeks import WEEK_DAYS, WeekBlock, WeekDay, place_in

NO_ONE = "Not assigned"
CANCELED_HERE = ("Canceled here", "warn")
Desks = Mapping[uuid.UUID, VisitDesk]
"""What the desk says of appointments, by appointment."""


class AppointmentRow(msgspec.Struct, frozen=True):
    """One appointment in a list."""

    id: uuid.UUID
    client_id: uuid.UUID
    client: str
    clinician: str
    starts_at: datetime
    ends_at: datetime
    status: str
    status_tone: str
    service: str
    note: str
    phone: str = ""


def week(
    appointments: Iterable[Appointment],
    *,
    clients: Mapping[uuid.UUID, str],
    staff: Mapping[str, str],
    desks: Desks,
    first: date,
    zone: ZoneInfo,
    clinician: str = "",
) -> list[WeekDay]:
    """Seven days with the appointments that take place on them; those at the same time are marked.

    Of all clinicians, or of one by their id.
    """
    taken = [each for each in appointments if takes_place(each, desks)]
    shared = overlaps(span_of(each) for each in taken)
    last = first + timedelta(days=WEEK_DAYS - 1)
    days: dict[date, list[WeekBlock]] = {first + timedelta(days=n): [] for n in range(WEEK_DAYS)}
    for each in taken:
        if clinician not in ("", str(each.clinician_id)):
            continue
        tone, label = _week_badge(each.status, is_shared=each.id in shared)
        for day in days_covered(each.starts_at, each.ends_at, zone, first=first, last=last):
            row, slots = place_in(day, each.starts_at, each.ends_at, zone)
            days[day].append(
                WeekBlock(
                    title=clients.get(each.client_id, ""),
                    detail=staff.get(str(each.clinician_id), NO_ONE),
                    href=f"/appointments/{each.id}",
                    starts_at=each.starts_at,
                    ends_at=each.ends_at,
                    row=row,
                    rows=slots,
                    tone=tone,
                    label=label,
                )
            )
    return [WeekDay(day=day, blocks=blocks) for day, blocks in days.items()]


def clinician_chips(
    appointments: Iterable[Appointment],
    staff: Mapping[str, str],
    *,
    path: str,
    fixed: Mapping[str, str],
    chosen: str,
) -> list[tuple[str, str, bool]]:
    """A chip for each clinician of these appointments, behind the one for all: label, address, whether it is on."""
    ids = {str(each.clinician_id) for each in appointments if each.clinician_id is not None}
    found = sorted((staff.get(each, NO_ONE), each) for each in ids)
    return [
        ("All clinicians", address(path, fixed), not chosen),
        *((name, address(path, {**fixed, "clinician": key}), key == chosen) for name, key in found),
    ]


def span_of(appointment: Appointment) -> Span:
    """When an appointment is, and who is in it."""
    return Span(
        appointment.id,
        appointment.starts_at,
        appointment.ends_at,
        appointment.clinician_id,
        appointment.client_id,
    )


def _week_badge(status: str, *, is_shared: bool) -> tuple[str, str]:
    """Tone and words of what is in the way of an appointment."""
    if is_shared:
        return "bad", "Two at once"
    return ("warn", "Not confirmed") if status == "waitingconfirmation" else ("", "")


def takes_place(appointment: Appointment, desks: Desks) -> bool:
    """Whether an appointment takes anyone's time: it is canceled neither in IntakeQ nor here."""
    return appointment.status not in NOT_TAKEN and not is_canceled_here(desks.get(appointment.id))


def is_canceled_here(desk: VisitDesk | None) -> bool:
    """Whether someone in this office canceled an appointment; IntakeQ may not know yet."""
    return desk is not None and desk.cancel_asked_at is not None


def _status(appointment: Appointment, desk: VisitDesk | None) -> tuple[str, str]:
    """Words and badge: as the desk last said of what takes place, else as IntakeQ says."""
    if desk is None or appointment.status in NOT_TAKEN:
        return status_words(appointment.status)
    if desk.cancel_asked_at is not None:
        return CANCELED_HERE
    return LABELS[Desk(desk.state)] if desk.state else status_words(appointment.status)


def rows(
    appointments: Iterable[Appointment],
    *,
    clients: Mapping[uuid.UUID, str],
    staff: Mapping[str, str],
    desks: Desks,
) -> list[AppointmentRow]:
    """The rows of a day or of a client."""
    made: list[AppointmentRow] = []
    for each in appointments:
        words, tone = _status(each, desks.get(each.id))
        made.append(
            AppointmentRow(
                id=each.id,
                client_id=each.client_id,
                client=clients.get(each.client_id, ""),
                clinician=staff.get(str(each.clinician_id), NO_ONE),
                starts_at=each.starts_at,
                ends_at=each.ends_at,
                status=words,
                status_tone=tone,
                service=each.service or "",
                note=each.local_note or "",
            )
        )
    return made
