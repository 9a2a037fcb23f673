"""Appointments as IntakeQ has them too: time, status and clinician are IntakeQ's, the note is ours."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.rules import status_words
from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.differences.public import Owner
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import Said
from lmhg_gateway.web.sync_points import SyncedField, Told
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "appointment"
UNKNOWN_STATUS = "unknown"
"""Of an appointment whose status could not be read: it takes nobody's time in the calendar."""
OWNERS: Mapping[str, Owner] = {
    "time": "theirs",
    "status": "theirs",
    "clinician": "theirs",
    "service": "theirs",
    "place": "theirs",
}
"""Facts that IntakeQ has too, and whose they are."""
LABELS: Mapping[str, str] = {
    "time": "Time",
    "status": "Status",
    "clinician": "Clinician",
    "service": "Service",
    "place": "Place",
}
FIELDS = {name: SyncedField(LABELS[name], owner) for name, owner in OWNERS.items()}


def time_text(starts_at: datetime, ends_at: datetime) -> str:
    """Start and end as one text: they change together. One moment is one text, in whatever zone it came."""
    return "/".join(each.astimezone(UTC).isoformat() for each in (starts_at, ends_at))


def times_of(text: str) -> tuple[datetime, datetime]:
    """Start and end of such a text."""
    start, _, end = text.partition("/")
    return datetime.fromisoformat(start), datetime.fromisoformat(end)


def told_of(appointment: Appointment) -> dict[str, str | None]:
    """What the office has of an appointment."""
    return {
        "time": time_text(appointment.starts_at, appointment.ends_at),
        "status": appointment.status,
        "clinician": str(appointment.clinician_id) if appointment.clinician_id else None,
        "service": appointment.service,
        "place": appointment.place,
    }


def put_told(appointment: Appointment, told: Told) -> None:
    """Set what differs, so that a ciphertext changes only when its text does."""
    if time := told.get("time"):
        appointment.starts_at, appointment.ends_at = times_of(time)
    if status := told.get("status"):
        appointment.status = status
    if "clinician" in told:
        clinician = told["clinician"]
        appointment.clinician_id = uuid.UUID(clinician) if clinician else None
    for name in ("service", "place"):
        if name in told and getattr(appointment, name) != told[name]:
            setattr(appointment, name, told[name])


async def named(tx: ReadSession, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Said]:
    """Whose appointment each is."""
    found = [each for each in [await tx.get(Appointment, one) for one in ids] if each is not None]
    names = await names_of(tx, (each.client_id for each in found))
    return {
        each.id: Said(
            f"Appointment of {names.get(each.client_id, '(no name on file)')}",
            f"/clients/{each.client_id}",
        )
        for each in found
    }


async def ours(tx: ReadSession, appointment_id: uuid.UUID) -> Told:
    """What the office has."""
    found = await tx.get(Appointment, appointment_id)
    return {} if found is None else told_of(found)


async def held(tx: WriteSession, appointment_id: uuid.UUID) -> Appointment:
    """One appointment, held until this unit of work ends. Raises: NotFound."""
    found = await tx.get(Appointment, appointment_id, with_for_update=True)
    if found is None:
        raise NotFound("appointment")
    return found


async def shown(tx: ReadSession, field: str, text: str) -> str | datetime:
    """A field as people read it."""
    if field == "time":
        return times_of(text)[0]
    if field == "status":
        return status_words(text)[0]
    if field == "clinician":
        return (await staff_names(tx)).get(text, "Not assigned")
    return text
