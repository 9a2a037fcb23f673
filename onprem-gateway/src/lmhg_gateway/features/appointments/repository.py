"""All SQL of appointments."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Select,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import aliased, load_only

from lmhg_gateway.adapters.intakeq_shapes import VISIT_MAX
from lmhg_gateway.features.appointments.models import Appointment, VisitDesk
from lmhg_gateway.features.appointments.rules import NOT_TAKEN
from lmhg_gateway.features.appointments.taking_place import is_called_off, is_said, took_place
from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.web.away import Leave
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.parts import Part, part_only, part_values

DAY_MAX = 300
BOOKED_MAX = 2000
CALLS_A_DAY = 500
"""IntakeQ's limit."""
_FRESHNESS = text(
    "select (select max(seen_at) from practice.appointment) as seen_at,"
    " (select count(*) from ingress.api_call"
    " where began_at >= date_trunc('day', now() at time zone :zone) at time zone :zone) as calls"
)


_START = bindparam("start", type_=DateTime(timezone=True))
_END = bindparam("end", type_=DateTime(timezone=True))
_LONGEST_AGO = bindparam("longest_ago", type_=DateTime(timezone=True))
"""Nothing that began before it can still take place: so the index is read from here, not from the first."""
_TOUCHES = and_(
    Appointment.starts_at >= _LONGEST_AGO,
    Appointment.starts_at < _END,
    or_(Appointment.ends_at > _START, Appointment.starts_at >= _START),
)
"""Whether an appointment takes place in this time, one of several days included."""
_SHOWN = (
    Appointment.client_id,
    Appointment.clinician_id,
    Appointment.starts_at,
    Appointment.ends_at,
    Appointment.status,
    Appointment.service_sealed,
    Appointment.local_note_sealed,
)
"""What a day or a week shows, and no more."""
_BETWEEN = Part(
    select(Appointment)
    .options(load_only(*_SHOWN))
    .where(_TOUCHES)
    .order_by(Appointment.starts_at, Appointment.id)
)
_CLIENTS_BETWEEN = part_only(
    select(Appointment.client_id).where(_TOUCHES).order_by(Appointment.starts_at, Appointment.id)
)
_COUNT_BETWEEN = select(func.count(Appointment.id)).where(
    _TOUCHES, Appointment.status.not_in(NOT_TAKEN), not_(is_called_off())
)
_DESKS_BETWEEN = select(VisitDesk).join(Appointment, is_said()).where(_TOUCHES)


def _span(start: datetime, end: datetime) -> dict[str, datetime]:
    """What the queries above ask for; no visit is longer than IntakeQ's longest that is taken."""
    return {"start": start, "end": end, "longest_ago": start - VISIT_MAX}


async def between(
    tx: ReadSession, start: datetime, end: datetime, *, first: int = 0, size: int = DAY_MAX
) -> tuple[Sequence[Appointment], int]:
    """A part of the appointments that touch this time, earliest first; and how many there are."""
    return await _BETWEEN.read(tx, first=first, size=size, **_span(start, end))


async def names_between(
    tx: ReadSession, start: datetime, end: datetime, *, first: int = 0, size: int = DAY_MAX
) -> dict[uuid.UUID, str]:
    """The names of the clients of that part."""
    part = part_values(first=first, size=size)
    return await names_of(tx, _CLIENTS_BETWEEN, **_span(start, end), **part)


async def desks_between(
    tx: ReadSession, start: datetime, end: datetime
) -> dict[uuid.UUID, VisitDesk]:
    """What the desk says of the appointments that touch this time, by appointment."""
    found = await tx.scalars(_DESKS_BETWEEN, _span(start, end))
    return {each.appointment_id: each for each in found}


async def by_id(tx: ReadSession, appointment_id: uuid.UUID) -> Appointment | None:
    """One appointment."""
    return await tx.get(Appointment, appointment_id)


async def client_of(tx: ReadSession, appointment_id: uuid.UUID) -> uuid.UUID | None:
    """Whose appointment it is: an id, and nothing about anybody."""
    query = select(Appointment.client_id).where(Appointment.id == appointment_id)
    return await tx.scalar(query)


async def nearest_of(
    tx: ReadSession, clients: Sequence[uuid.UUID], *, at: datetime
) -> dict[uuid.UUID, datetime]:
    """When the next appointment of each of these clients takes place; none where none is to come."""
    query = (
        select(Appointment.client_id, func.min(Appointment.starts_at))
        .where(Appointment.client_id.in_(clients), Appointment.starts_at >= at, took_place())
        .group_by(Appointment.client_id)
    )
    found = (await tx.execute(query)).all() if clients else []
    return {row[0]: row[1] for row in found}


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[Appointment]:
    """A client's appointments, newest first."""
    return (await tx.scalars(_OF_CLIENT, {"client_id": client_id})).all()


_OF_CLIENT = (
    select(Appointment)
    .where(Appointment.client_id == bindparam("client_id"))
    .order_by(Appointment.starts_at.desc())
    .limit(100)
)


async def to_come(
    tx: ReadSession, ids: Sequence[uuid.UUID], *, after: datetime
) -> Sequence[Appointment]:
    """Of these appointments, those that are not over."""
    query = select(Appointment).where(Appointment.id.in_(ids), Appointment.ends_at > after)
    return (await tx.scalars(query)).all() if ids else []


async def freshness(tx: ReadSession, *, zone: str) -> tuple[datetime | None, int]:
    """When IntakeQ last told us about any appointment; calls to it since the practice's midnight."""
    row = (await tx.execute(_FRESHNESS, {"zone": zone})).one()
    return row.seen_at, row.calls


async def count_between(tx: ReadSession, start: datetime, end: datetime) -> int:
    """How many appointments take place in this time; those canceled in IntakeQ or here do not."""
    return int(await tx.scalar(_COUNT_BETWEEN, _span(start, end)) or 0)


async def booked_with(tx: ReadSession, leaves: Sequence[Leave]) -> Sequence[Appointment]:
    """Appointments that take place in these hours with these clinicians, earliest first."""
    spans = [
        and_(
            Appointment.clinician_id == each.person_id,
            Appointment.starts_at >= each.begins,
            *([Appointment.starts_at < each.ends] if each.ends else []),
        )
        for each in leaves
    ]
    shown = (Appointment.client_id, Appointment.clinician_id, Appointment.starts_at)
    query = (
        select(Appointment).options(load_only(*shown)).where(or_(*spans), took_place(Appointment))
    )
    return (await tx.scalars(query.order_by(Appointment.starts_at).limit(BOOKED_MAX))).all()


async def taking_place(tx: ReadSession, start: datetime, end: datetime) -> Sequence[Appointment]:
    """Appointments that begin in this time and take place as far as anybody knows, earliest first."""
    query = (
        select(Appointment)
        .options(load_only(*_SHOWN))
        .where(Appointment.starts_at >= start, Appointment.starts_at < end, took_place(Appointment))
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return (await tx.scalars(query.limit(DAY_MAX * 3))).all()


def last_seen(
    *, since: BindParameter[datetime], until: BindParameter[datetime]
) -> "Select[uuid.UUID, datetime, uuid.UUID | None]":
    """A query for clients whose last visit began in this time: client, when, and the clinician.

    A later appointment that takes place leaves its client out.
    """
    later = aliased(Appointment)
    has_later = exists().where(
        later.client_id == Appointment.client_id,
        or_(
            later.starts_at > Appointment.starts_at,
            and_(later.starts_at == Appointment.starts_at, later.id > Appointment.id),
        ),
        took_place(later),
    )
    columns = (Appointment.client_id, Appointment.starts_at, Appointment.clinician_id)
    between = (Appointment.starts_at >= since, Appointment.starts_at < until)
    return select(*columns).where(*between, took_place(Appointment), not_(has_later))


def takes_place_after(client_id: Any, moment: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    """Whether a client has an appointment that began after a moment, or will."""
    later = aliased(Appointment)
    return exists().where(later.client_id == client_id, later.starts_at > moment, took_place(later))


async def behind(tx: ReadSession, after: uuid.UUID | None, *, limit: int) -> Sequence[Appointment]:
    """Some appointments in the order of their ids, behind one of them."""
    query = select(Appointment).order_by(Appointment.id).limit(limit)
    return (await tx.scalars(query.where(Appointment.id > after) if after else query)).all()
