"""All SQL of authorizations."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, func, or_, select

from lmhg_gateway.features.appointments.public import Appointment, is_held, took_place
from lmhg_gateway.features.authorizations.models import VisitAuthorization
from lmhg_gateway.features.referrals.public import Referral
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

SHOWN_MAX = 50


async def add(tx: WriteSession, made: VisitAuthorization) -> None:
    """Keep an authorization; it stays in the office."""
    tx.add(made)
    await tx.flush()


async def by_id(tx: ReadSession, authorization_id: uuid.UUID) -> VisitAuthorization | None:
    """One authorization."""
    return await tx.get(VisitAuthorization, authorization_id)


async def locked(tx: WriteSession, authorization_id: uuid.UUID) -> VisitAuthorization | None:
    """One authorization, held until this unit of work ends."""
    query = (
        select(VisitAuthorization)
        .where(VisitAuthorization.id == authorization_id)
        .with_for_update()
    )
    return await tx.scalar(query.execution_options(populate_existing=True))


async def referral(tx: ReadSession, referral_id: uuid.UUID) -> Referral | None:
    """One referral."""
    return await tx.get(Referral, referral_id)


async def of_referral(tx: ReadSession, referral_id: uuid.UUID) -> Sequence[VisitAuthorization]:
    """A referral's authorizations, those that hold first, newest first."""
    query = select(VisitAuthorization).where(VisitAuthorization.referral_id == referral_id)
    order = (VisitAuthorization.ended_at.is_not(None), VisitAuthorization.put_at.desc())
    return (await tx.scalars(query.order_by(*order).limit(SHOWN_MAX))).all()


async def live(
    tx: ReadSession, *, sort: str, first: int, size: int
) -> tuple[Sequence[VisitAuthorization], int]:
    """A part of the authorizations that hold; and how many there are."""
    order = {
        "until": VisitAuthorization.valid_until.asc().nulls_last(),
        "-until": VisitAuthorization.valid_until.desc().nulls_last(),
    }[sort]
    query = select(VisitAuthorization).where(VisitAuthorization.ended_at.is_(None))
    return await part_of(tx, query.order_by(order, VisitAuthorization.id), first=first, size=size)


async def visits(
    tx: ReadSession, ids: Sequence[uuid.UUID], *, now: datetime, zone: str
) -> dict[uuid.UUID, tuple[int, int]]:
    """For each of these: visits held since it counts, and visits to come until its last day."""
    day = func.date(func.timezone(zone, Appointment.starts_at))
    held = is_held(Appointment, now)
    since = held & (day >= VisitAuthorization.counts_from)
    to_come = (
        took_place()
        & ~held
        & (Appointment.starts_at > now)
        & or_(VisitAuthorization.valid_until.is_(None), day <= VisitAuthorization.valid_until)
    )
    query = (
        select(VisitAuthorization.id, func.count().filter(since), func.count().filter(to_come))
        .join(Appointment, Appointment.client_id == VisitAuthorization.client_id)
        .where(VisitAuthorization.id.in_(list(ids)))
        .group_by(VisitAuthorization.id)
    )
    return {row[0]: (row[1], row[2]) for row in (await tx.execute(query)).all()} if ids else {}


async def to_warn(
    tx: ReadSession, kind: str, *, today: date, zone: str, limit: int
) -> Sequence[uuid.UUID]:
    """Authorizations that hold, ask for a step by now and have no row on the work list."""
    on_list = exists().where(
        WorkItem.subject_kind == kind, WorkItem.subject_id == VisitAuthorization.id
    )
    used = (
        select(func.count())
        .where(
            Appointment.client_id == VisitAuthorization.client_id,
            is_held(Appointment, func.now()),
            func.date(func.timezone(zone, Appointment.starts_at)) >= VisitAuthorization.counts_from,
        )
        .scalar_subquery()
    )
    few = VisitAuthorization.units - VisitAuthorization.used - used <= VisitAuthorization.warn_units
    soon = VisitAuthorization.valid_until - VisitAuthorization.warn_days <= today
    query = select(VisitAuthorization.id).where(
        VisitAuthorization.ended_at.is_(None), or_(few, soon), ~on_list
    )
    return (await tx.scalars(query.limit(limit))).all()
