"""All SQL of appointments."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, text

from lmhg_gateway.features.appointments.models import Appointment
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.parts import part_of

DAY_MAX = 300
_CALLS = text(
    "select count(*) from ingress.api_call"
    " where began_at >= date_trunc('day', now() at time zone :zone) at time zone :zone"
)


async def between(
    tx: ReadSession, start: datetime, end: datetime, *, first: int = 0, size: int = DAY_MAX
) -> tuple[Sequence[Appointment], int]:
    """A part of the appointments that touch this time, earliest first; and how many there are."""
    query = select(Appointment).where(_touches(start, end))
    ordered = query.order_by(Appointment.starts_at, Appointment.id)
    return await part_of(tx, ordered, first=first, size=size)


async def by_id(tx: ReadSession, appointment_id: uuid.UUID) -> Appointment | None:
    """One appointment."""
    return await tx.get(Appointment, appointment_id)


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[Appointment]:
    """A client's appointments, newest first."""
    query = select(Appointment).where(Appointment.client_id == client_id)
    return (await tx.scalars(query.order_by(Appointment.starts_at.desc()).limit(100))).all()


async def last_seen(tx: ReadSession) -> datetime | None:
    """When IntakeQ last told us about any appointment."""
    return await tx.scalar(select(func.max(Appointment.seen_at)))


async def calls_today(tx: ReadSession, *, zone: str) -> int:
    """Calls to IntakeQ since the practice's midnight."""
    return int((await tx.execute(_CALLS, {"zone": zone})).scalar_one())


async def count_between(tx: ReadSession, start: datetime, end: datetime) -> int:
    """How many appointments take place in this time; canceled and declined ones do not."""
    query = select(func.count()).where(
        _touches(start, end),
        Appointment.status.not_in(("canceled", "declined")),
    )
    return int(await tx.scalar(query) or 0)


def _touches(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Whether an appointment takes place in this time, one of several days included."""
    goes_on = or_(Appointment.ends_at > start, Appointment.starts_at >= start)
    return and_(Appointment.starts_at < end, goes_on)
