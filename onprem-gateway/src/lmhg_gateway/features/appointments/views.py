"""Appointments as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.rules import status_words


@dataclass(frozen=True)
class AppointmentRow:
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
