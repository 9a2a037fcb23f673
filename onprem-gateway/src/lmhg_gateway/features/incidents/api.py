"""Incidents for programs: listed, and read with their trail. Resolving one asks for a person."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery

from lmhg_gateway.features.incidents import repository
from lmhg_gateway.features.incidents.models import Incident
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class IncidentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One incident."""

    id: uuid.UUID
    code: str
    subject_kind: str
    subject_id: uuid.UUID | None
    opened_at: datetime
    assigned_to: str | None
    closed_at: datetime | None
    cause: str | None


class IncidentsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the incidents, and how many there are."""

    incidents: list[IncidentOut]
    total: int


def _out(each: Incident) -> IncidentOut:
    return IncidentOut(
        id=each.id,
        code=each.code,
        subject_kind=each.subject_kind,
        subject_id=each.subject_id,
        opened_at=each.opened_at,
        assigned_to=each.assigned_to,
        closed_at=each.closed_at,
        cause=each.cause,
    )


@answers("/api/v1/incidents", "compliance.read", purpose="compliance.incidents", tag="incidents")
async def list_incidents(
    tx: ReadSession,
    _ask: Ask[Any],
    *,
    is_open: FromQuery[bool] = True,
    page: FromQuery[PageNumber] = 1,
) -> IncidentsOut:
    """Fifty incidents, open or resolved, newest first."""
    found, total = await repository.listed(
        tx,
        is_open=is_open,
        code="",
        assignee="",
        first=(page - 1) * PAGE_SIZE,
        size=PAGE_SIZE,
    )
    return IncidentsOut(incidents=[_out(each) for each in found], total=total)


@answers(
    "/api/v1/incidents/{incident_id:uuid}",
    "compliance.read",
    purpose="compliance.incident",
    tag="incidents",
)
async def read_incident(
    tx: ReadSession, _ask: Ask[Any], incident_id: FromPath[uuid.UUID]
) -> IncidentOut:
    """One incident."""
    found = await repository.by_id(tx, incident_id)
    if found is None:
        raise NotFound("incident")
    return _out(found)


HANDLERS = (list_incidents, read_incident)
