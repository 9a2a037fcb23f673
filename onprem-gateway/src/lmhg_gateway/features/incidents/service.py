"""Use cases of incidents: open, assign, comment, resolve with a cause, open again."""

import uuid
from datetime import datetime

from lmhg_gateway.features.incidents import repository
from lmhg_gateway.features.incidents.models import Incident, IncidentEvent
from lmhg_gateway.features.incidents.rules import CAUSES, REPORTED
from lmhg_gateway.web.points import IncidentCode
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import WriteSession


def open_incident(
    tx: WriteSession, code: IncidentCode, *, subject_kind: str, subject_id: uuid.UUID | None
) -> uuid.UUID:
    """Put something before the officer: what it is about, never what was found."""
    incident = Incident(id=uuid.uuid4(), code=code.code, subject_kind=subject_kind)
    incident.subject_id = subject_id
    tx.add(incident)
    return incident.id


async def report(tx: WriteSession, *, said: str, by: str) -> uuid.UUID:
    """An officer opens one in words, and takes it."""
    incident_id = open_incident(tx, REPORTED, subject_kind="none", subject_id=None)
    await tx.flush()
    _record(tx, incident_id, "opened", by=by, said=said)
    await assign(tx, incident_id, assignee=by, officers={by}, by=by)
    return incident_id


async def assign(
    tx: WriteSession, incident_id: uuid.UUID, *, assignee: str, officers: set[str], by: str
) -> None:
    """Give it to an officer, or to nobody. Raises: NotFound, Conflict when closed, Invalid."""
    incident = await _locked(tx, incident_id, is_open=True)
    if assignee and assignee not in officers:
        raise Invalid(fields={"assignee": "Choose one from the list."})
    incident.assigned_to = assignee or None
    _record(tx, incident_id, "assigned", by=by, assignee=assignee or None)


async def comment(tx: WriteSession, incident_id: uuid.UUID, *, said: str, by: str) -> None:
    """Add to the trail. Raises: NotFound."""
    await _locked(tx, incident_id)
    _record(tx, incident_id, "comment", by=by, said=said)


async def resolve(
    tx: WriteSession, incident_id: uuid.UUID, *, cause: str, note: str, by: str, at: datetime
) -> None:
    """Say why it happened and what was done. Raises: NotFound, Conflict, Invalid."""
    incident = await _locked(tx, incident_id, is_open=True)
    if cause not in CAUSES:
        raise Invalid(fields={"cause": "Choose one from the list."})
    incident.closed_by, incident.closed_at, incident.cause = by, at, cause
    incident.note = note
    _record(tx, incident_id, "resolved", by=by, said=note, cause=cause)


async def reopen(tx: WriteSession, incident_id: uuid.UUID, *, said: str, by: str) -> None:
    """Take it up again. Raises: NotFound, Conflict when it is open."""
    incident = await _locked(tx, incident_id)
    if incident.closed_at is None:
        raise Conflict("incident_open")
    incident.closed_by, incident.closed_at, incident.cause = None, None, None
    _record(tx, incident_id, "reopened", by=by, said=said)


async def _locked(tx: WriteSession, incident_id: uuid.UUID, *, is_open: bool = False) -> Incident:
    incident = await repository.locked(tx, incident_id)
    if incident is None:
        raise NotFound("incident")
    if is_open and incident.closed_at is not None:
        raise Conflict("incident_closed")
    return incident


def _record(
    tx: WriteSession,
    incident_id: uuid.UUID,
    act: str,
    *,
    by: str,
    said: str | None = None,
    assignee: str | None = None,
    cause: str | None = None,
) -> None:
    event = IncidentEvent(
        id=uuid.uuid4(), incident_id=incident_id, act=act, actor=by, assignee=assignee, cause=cause
    )
    event.said = said
    tx.add(event)
