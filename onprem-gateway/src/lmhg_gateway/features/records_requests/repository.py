"""All SQL of requests."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from lmhg_gateway.features.records_requests.clock_rules import CLOCKS, Kind, listed_from
from lmhg_gateway.features.records_requests.models import (
    RecordsRelease,
    RecordsRequest,
    RecordsRequestStep,
)
from lmhg_gateway.features.records_requests.rules import ACCEPTED, IN_FORCE
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

STEPS_MAX, OF_CLIENT_MAX, PACKET_MAX = 500, 100, 500
OPEN, LATE, CLOSED = "open", "late", "closed"
_IS_OPEN = RecordsRequest.closed_at.is_(None)


async def listed(
    tx: ReadSession, *, state: str, kind: str, today: date, first: int, size: int, sort: str
) -> tuple[Sequence[RecordsRequest], int]:
    """A part of the requests in the order asked for; and how many there are."""
    chosen: list[ColumnElement[bool]] = []
    if state in (OPEN, LATE):
        chosen.append(_IS_OPEN)
    if state == LATE:
        chosen.append(RecordsRequest.due_on < today)
    if state == CLOSED:
        chosen.append(RecordsRequest.closed_at.is_not(None))
    if kind:
        chosen.append(RecordsRequest.kind == kind)
    column = RecordsRequest.received_on if sort.endswith("received") else RecordsRequest.due_on
    order = column.desc() if sort.startswith("-") else column.asc()
    query = select(RecordsRequest).where(*chosen).order_by(order, RecordsRequest.id)
    return await part_of(tx, query, first=first, size=size)


async def by_id(tx: ReadSession, request_id: uuid.UUID) -> RecordsRequest | None:
    """One request."""
    return await tx.get(RecordsRequest, request_id)


async def locked(tx: WriteSession, request_id: uuid.UUID) -> RecordsRequest | None:
    """One request, held until this unit of work ends."""
    query = select(RecordsRequest).where(RecordsRequest.id == request_id)
    return await tx.scalar(query.with_for_update())


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[RecordsRequest]:
    """A client's requests: open ones first, then the newest."""
    return (await tx.scalars(_OF_CLIENT, {"client_id": client_id})).all()


async def in_force(tx: ReadSession, client_id: uuid.UUID) -> Sequence[RecordsRequest]:
    """What was agreed with a client about sharing and reaching them, and still has to be kept to."""
    return (await tx.scalars(_AGREED, {"client_id": client_id})).all()


_THEIRS = select(RecordsRequest).where(RecordsRequest.client_id == bindparam("client_id"))
_OF_CLIENT = _THEIRS.order_by(
    RecordsRequest.closed_at.is_not(None), RecordsRequest.received_on.desc()
).limit(OF_CLIENT_MAX)
_AGREED = (
    _THEIRS.where(
        RecordsRequest.kind.in_(sorted(IN_FORCE)),
        RecordsRequest.outcome == ACCEPTED,
        RecordsRequest.ended_at.is_(None),
    )
    .order_by(RecordsRequest.closed_at)
    .limit(OF_CLIENT_MAX)
)


async def received_between(tx: ReadSession, first: date, last: date) -> Sequence[RecordsRequest]:
    """Requests that came in a range of days, oldest first."""
    query = select(RecordsRequest).where(RecordsRequest.received_on.between(first, last))
    ordered = query.order_by(RecordsRequest.received_on, RecordsRequest.id)
    return (await tx.scalars(ordered.limit(PACKET_MAX))).all()


async def steps_of(tx: ReadSession, ids: Sequence[uuid.UUID]) -> Sequence[RecordsRequestStep]:
    """What was done about these requests, in order."""
    query = select(RecordsRequestStep).where(RecordsRequestStep.request_id.in_(ids))
    ordered = query.order_by(RecordsRequestStep.done_at, RecordsRequestStep.id)
    return (await tx.scalars(ordered.limit(STEPS_MAX * max(1, len(ids))))).all()


async def releases_of(tx: ReadSession, ids: Sequence[uuid.UUID]) -> Sequence[RecordsRelease]:
    """What was handed over for these requests, in order."""
    query = select(RecordsRelease).where(RecordsRelease.request_id.in_(ids))
    ordered = query.order_by(RecordsRelease.released_at, RecordsRelease.id)
    return (await tx.scalars(ordered.limit(STEPS_MAX * max(1, len(ids))))).all()


async def step_by_id(tx: ReadSession, step_id: uuid.UUID) -> RecordsRequestStep | None:
    """One line of the log."""
    return await tx.get(RecordsRequestStep, step_id)


async def release_by_id(tx: ReadSession, release_id: uuid.UUID) -> RecordsRelease | None:
    """One handing over."""
    return await tx.get(RecordsRelease, release_id)


async def release_count(tx: ReadSession, request_id: uuid.UUID) -> int:
    """How often something was handed over."""
    query = select(func.count()).where(RecordsRelease.request_id == request_id)
    return int(await tx.scalar(query) or 0)


async def add(
    tx: WriteSession, record: RecordsRequest | RecordsRequestStep | RecordsRelease
) -> None:
    """Keep a record; all of them stay on-prem."""
    tx.add(record)
    await tx.flush()


async def late_count(tx: ReadSession, *, today: date) -> int:
    """How many open requests are past their last day."""
    query = select(func.count()).select_from(RecordsRequest)
    return int(await tx.scalar(query.where(_IS_OPEN, RecordsRequest.due_on < today)) or 0)


async def open_count(tx: ReadSession) -> int:
    """How many requests are open."""
    return int(
        await tx.scalar(select(func.count()).select_from(RecordsRequest).where(_IS_OPEN)) or 0
    )


async def closed_between(tx: ReadSession, begin: datetime, end: datetime) -> Sequence[str]:
    """How the requests ended that were answered in a stretch of time."""
    query = select(RecordsRequest.outcome).where(
        RecordsRequest.closed_at >= begin, RecordsRequest.closed_at < end
    )
    return [each or "" for each in await tx.scalars(query)]


async def not_on(
    tx: ReadSession, work_kind: str, *, today: date, limit: int
) -> Sequence[uuid.UUID]:
    """Open requests whose day has come and that have no row on the work list."""
    on_list = select(WorkItem.subject_id).where(WorkItem.subject_kind == work_kind)
    is_time = or_(
        *(
            (RecordsRequest.kind == kind) & (RecordsRequest.due_on <= _until(kind, today))
            for kind in CLOCKS
        )
    )
    query = select(RecordsRequest.id).where(_IS_OPEN, is_time, RecordsRequest.id.not_in(on_list))
    return (await tx.scalars(query.limit(limit))).all()


def _until(kind: Kind, today: date) -> date:
    """The last due day of requests that are on the list today."""
    return today + (today - listed_from(kind, today))
