"""All SQL of incidents."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from lmhg_gateway.features.incidents.models import Incident, IncidentEvent
from lmhg_gateway.web.points import IncidentCode
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

EVENTS_MAX = 500
OPEN_COUNT = select(func.count(Incident.id)).where(Incident.closed_at.is_(None))


async def listed(
    tx: ReadSession,
    *,
    is_open: bool,
    code: str,
    assignee: str,
    first: int,
    size: int,
    sort: str = "-noticed",
) -> tuple[Sequence[Incident], int]:
    """A part of the incidents in the order asked for; and how many there are."""
    chosen: list[ColumnElement[bool]] = [
        Incident.closed_at.is_(None) if is_open else Incident.closed_at.is_not(None)
    ]
    if code:
        chosen.append(Incident.code == code)
    if assignee == "nobody":
        chosen.append(Incident.assigned_to.is_(None))
    elif assignee:
        chosen.append(Incident.assigned_to == assignee)
    order = Incident.opened_at.asc() if sort == "noticed" else Incident.opened_at.desc()
    query = select(Incident).where(*chosen).order_by(order, Incident.id)
    return await part_of(tx, query, first=first, size=size)


async def by_id(tx: ReadSession, incident_id: uuid.UUID) -> Incident | None:
    """One incident."""
    return await tx.get(Incident, incident_id)


async def locked(tx: WriteSession, incident_id: uuid.UUID) -> Incident | None:
    """One incident, held until this unit of work ends."""
    return await tx.scalar(select(Incident).where(Incident.id == incident_id).with_for_update())


async def events_of(tx: ReadSession, incident_id: uuid.UUID) -> Sequence[IncidentEvent]:
    """What happened to it, in order."""
    query = select(IncidentEvent).where(IncidentEvent.incident_id == incident_id)
    return (await tx.scalars(query.order_by(IncidentEvent.at).limit(EVENTS_MAX))).all()


async def known_subjects(tx: ReadSession, code: IncidentCode) -> set[uuid.UUID | None]:
    """Subjects about which an incident of this code was ever opened."""
    return set(await tx.scalars(select(Incident.subject_id).where(Incident.code == code.code)))


async def has_open(tx: ReadSession, code: IncidentCode, *, subject_kind: str = "") -> bool:
    """Whether an incident of this code is open, about this kind of subject if one is named."""
    query = select(Incident.id).where(Incident.code == code.code, Incident.closed_at.is_(None))
    if subject_kind:
        query = query.where(Incident.subject_kind == subject_kind)
    return await tx.scalar(query.limit(1)) is not None


async def open_count(tx: ReadSession) -> int:
    """How many incidents are open."""
    return int(await tx.scalar(OPEN_COUNT) or 0)


async def counts_between(
    tx: ReadSession, start: datetime, end: datetime
) -> dict[str, dict[str, int]]:
    """Incidents opened and closed in a time, by code."""
    found: dict[str, dict[str, int]] = {"opened": {}, "closed": {}}
    for name, moment in (("opened", Incident.opened_at), ("closed", Incident.closed_at)):
        query = (
            select(Incident.code, func.count())
            .where(moment >= start, moment < end)
            .group_by(Incident.code)
            .order_by(Incident.code)
        )
        found[name] = {code: int(count) for code, count in (await tx.execute(query)).all()}
    return found
