"""All SQL of estimates."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, bindparam, cast, exists, func, or_, select

from lmhg_gateway.features.appointments.public import Appointment, took_place
from lmhg_gateway.features.estimates.models import Estimate
from lmhg_gateway.features.estimates.rules import COVERS_DAYS
from lmhg_gateway.features.referrals.public import OPEN_STATES, Referral
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

OPEN, LATE, CLOSED = "open", "late", "closed"
OF_CLIENT_MAX = 100
SELF_PAY = "self_pay"
_IS_OPEN = Estimate.closed_at.is_(None)


async def listed(
    tx: ReadSession, *, state: str, at: datetime, first: int, size: int
) -> tuple[Sequence[Estimate], int]:
    """A part of the estimates, those due first on top; and how many there are."""
    chosen: list[ColumnElement[bool]] = [_IS_OPEN if state != CLOSED else ~_IS_OPEN]
    if state == LATE:
        chosen.append(Estimate.due_at < at)
    order = Estimate.closed_at.desc() if state == CLOSED else Estimate.due_at.asc()
    query = select(Estimate).where(*chosen).order_by(order, Estimate.id)
    return await part_of(tx, query, first=first, size=size)


async def by_id(tx: ReadSession, estimate_id: uuid.UUID) -> Estimate | None:
    """One estimate."""
    return await tx.get(Estimate, estimate_id)


async def locked(tx: WriteSession, estimate_id: uuid.UUID) -> Estimate | None:
    """One estimate, held until this unit of work ends."""
    return await tx.scalar(select(Estimate).where(Estimate.id == estimate_id).with_for_update())


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[Estimate]:
    """A client's estimates: what is owed first, then the newest."""
    return (await tx.scalars(_OF_CLIENT, {"client_id": client_id})).all()


_OF_CLIENT = (
    select(Estimate)
    .where(Estimate.client_id == bindparam("client_id"))
    .order_by(Estimate.closed_at.is_not(None), Estimate.began_at.desc())
    .limit(OF_CLIENT_MAX)
)


async def open_of(tx: WriteSession, client_id: uuid.UUID) -> Estimate | None:
    """The estimate that a client is owed now, held until this unit of work ends."""
    query = select(Estimate).where(Estimate.client_id == client_id, _IS_OPEN)
    return await tx.scalar(query.order_by(Estimate.due_at).limit(1).with_for_update())


async def add(tx: WriteSession, estimate: Estimate) -> None:
    """Keep an estimate; it stays on-prem."""
    tx.add(estimate)
    await tx.flush()


async def referrals_without(tx: ReadSession, *, today: date, limit: int) -> Sequence[Referral]:
    """Open referrals of people who pay themselves, for whom none is owed, given this year or refused."""
    of_client = exists().where(
        Estimate.client_id == Referral.client_id,
        or_(
            _IS_OPEN,
            Estimate.given_on >= today - timedelta(days=COVERS_DAYS),
            Estimate.referral_id == Referral.id,
        ),
    )
    query = select(Referral).where(
        Referral.payer == SELF_PAY, Referral.state.in_(sorted(OPEN_STATES)), ~of_client
    )
    return (await tx.scalars(query.order_by(Referral.created_at).limit(limit))).all()


async def visits_without(tx: ReadSession, *, at: datetime, limit: int) -> Sequence[Appointment]:
    """Visits ahead of people who pay themselves, which no estimate covers, the next ones first."""
    visit_on = cast(Appointment.starts_at, Date)
    pays_self = exists().where(
        Referral.client_id == Appointment.client_id, Referral.payer == SELF_PAY
    )
    is_covered = exists().where(
        Estimate.client_id == Appointment.client_id,
        or_(
            _IS_OPEN & Estimate.visit_on.is_not(None),
            Estimate.given_on >= visit_on - COVERS_DAYS,
            Estimate.appointment_id == Appointment.id,
        ),
    )
    query = select(Appointment).where(
        Appointment.starts_at > at,
        took_place(),
        pays_self,
        ~is_covered,
    )
    return (await tx.scalars(query.order_by(Appointment.starts_at).limit(limit))).all()


async def not_on(tx: ReadSession, work_kind: str, *, limit: int) -> Sequence[uuid.UUID]:
    """What is owed and has no row on the work list."""
    on_list = select(WorkItem.subject_id).where(WorkItem.subject_kind == work_kind)
    query = select(Estimate.id).where(_IS_OPEN, Estimate.id.not_in(on_list))
    return (await tx.scalars(query.limit(limit))).all()


async def counts(tx: ReadSession, *, at: datetime) -> tuple[int, int]:
    """How many are owed, and how many of them are late."""
    query = select(func.count(), func.count().filter(Estimate.due_at < at)).where(_IS_OPEN)
    row = (await tx.execute(query.select_from(Estimate))).one()
    return int(row[0]), int(row[1])
