"""All SQL of clients that IntakeQ has twice or merged."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from lmhg_gateway.features.clients.public import Client
from lmhg_gateway.features.intakeq_people.models import IntakeqArrival, IntakeqMerge
from lmhg_kit.persistence import ReadSession, WriteSession

SHOWN_MAX = 100
_GONE = aliased(Client)
_OPEN = IntakeqArrival.state == "open"
_TO_FOLLOW = or_(
    and_(IntakeqMerge.state == "open", _GONE.merged_into.is_(None)),
    and_(IntakeqMerge.state == "undone", _GONE.merged_into == IntakeqMerge.into_id),
)
"""A merge that we did not follow yet, or that we followed and IntakeQ took apart."""
OPEN_COUNT: Select[int] = select(
    select(func.count()).select_from(IntakeqArrival).where(_OPEN).scalar_subquery()
    + select(func.count())
    .select_from(IntakeqMerge)
    .join(_GONE, _GONE.id == IntakeqMerge.gone_id)
    .where(_TO_FOLLOW)
    .scalar_subquery()
)


async def waiting(tx: ReadSession) -> Sequence[IntakeqArrival]:
    """Clients of IntakeQ's that wait for a person, oldest first."""
    query = select(IntakeqArrival).where(_OPEN)
    ordered = query.order_by(IntakeqArrival.found_at, IntakeqArrival.id)
    return (await tx.scalars(ordered.limit(SHOWN_MAX))).all()


async def by_token(tx: ReadSession, token: bytes) -> IntakeqArrival | None:
    """The row of one client there."""
    return await tx.scalar(select(IntakeqArrival).where(IntakeqArrival.token == token))


async def by_id(tx: ReadSession, arrival_id: uuid.UUID) -> IntakeqArrival | None:
    """One row."""
    return await tx.get(IntakeqArrival, arrival_id)


async def locked(tx: WriteSession, arrival_id: uuid.UUID) -> IntakeqArrival | None:
    """One row, held until this unit of work ends."""
    query = select(IntakeqArrival).where(IntakeqArrival.id == arrival_id)
    return await tx.scalar(query.with_for_update())


async def count_since(tx: ReadSession, moment: datetime) -> int:
    """How many came since a moment that look like someone on record."""
    query = select(func.count()).select_from(IntakeqArrival)
    return int(await tx.scalar(query.where(IntakeqArrival.found_at >= moment)) or 0)


async def add(tx: WriteSession, made: IntakeqArrival | IntakeqMerge) -> None:
    """Keep one."""
    tx.add(made)
    await tx.flush()


async def merge_of(tx: WriteSession, gone_id: uuid.UUID, into_id: uuid.UUID) -> IntakeqMerge | None:
    """The row of two clients, held."""
    query = select(IntakeqMerge).where(
        IntakeqMerge.gone_id == gone_id, IntakeqMerge.into_id == into_id
    )
    return await tx.scalar(query.with_for_update())


async def merges_of_gone(tx: WriteSession, gone_id: uuid.UUID) -> Sequence[IntakeqMerge]:
    """Every row in which this client is the one that went, held."""
    query = select(IntakeqMerge).where(IntakeqMerge.gone_id == gone_id)
    return (await tx.scalars(query.with_for_update())).all()


async def locked_merge(tx: WriteSession, merge_id: uuid.UUID) -> IntakeqMerge | None:
    """One merge of IntakeQ's, held."""
    query = select(IntakeqMerge).where(IntakeqMerge.id == merge_id)
    return await tx.scalar(query.with_for_update())


async def merge_by_id(tx: ReadSession, merge_id: uuid.UUID) -> IntakeqMerge | None:
    """One merge of IntakeQ's."""
    return await tx.get(IntakeqMerge, merge_id)


async def to_follow(tx: ReadSession) -> Sequence[IntakeqMerge]:
    """Merges of IntakeQ's that someone may follow or take apart here, oldest first."""
    query = select(IntakeqMerge).join(_GONE, _GONE.id == IntakeqMerge.gone_id).where(_TO_FOLLOW)
    ordered = query.order_by(IntakeqMerge.found_at, IntakeqMerge.id)
    return (await tx.scalars(ordered.limit(SHOWN_MAX))).all()
