"""All SQL of recalls."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, and_, bindparam, exists, func, not_, select
from sqlalchemy.orm import aliased

from lmhg_gateway.features.appointments.public import last_seen, takes_place_after
from lmhg_gateway.features.recalls.models import Recall
from lmhg_gateway.features.recalls.rules import Outcome
from lmhg_gateway.features.referrals.public import has_open
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part, part_only, part_values

_NEWER = aliased(Recall)
_IS_NEWEST = and_(
    Recall.undone_at.is_(None),
    not_(
        exists().where(
            _NEWER.client_id == Recall.client_id,
            _NEWER.undone_at.is_(None),
            _NEWER.decided_at > Recall.decided_at,
        )
    ),
)


def _is_busy() -> ColumnElement[bool]:
    """Whether the client of a decision has an appointment since, or an open referral."""
    return takes_place_after(Recall.client_id, Recall.decided_at) | has_open(Recall.client_id)


_WANTED = select(Recall).where(Recall.outcome == Outcome.LATER, _IS_NEWEST, not_(_is_busy()))
"""Decisions to ask again that still hold."""
_MONTH = bindparam("month", type_=Date)
_IN_ORDER = (Recall.month, Recall.decided_at, Recall.id)
_DUE = Part(_WANTED.where(Recall.month <= _MONTH).order_by(*_IN_ORDER))
_LATER = Part(_WANTED.where(Recall.month > _MONTH).order_by(*_IN_ORDER))
_COUNT_DUE = _WANTED.where(Recall.month <= _MONTH).with_only_columns(func.count())
_SEEN = last_seen(
    since=bindparam("since", type_=DateTime(timezone=True)),
    until=bindparam("until", type_=DateTime(timezone=True)),
).subquery()
_DECIDED = exists().where(
    Recall.client_id == _SEEN.c.client_id,
    Recall.undone_at.is_(None),
    Recall.decided_at > _SEEN.c.starts_at,
)
_UNDECIDED = (
    select(_SEEN.c.client_id, _SEEN.c.starts_at, _SEEN.c.clinician_id)
    .where(not_(_DECIDED), not_(has_open(_SEEN.c.client_id)))
    .order_by(_SEEN.c.starts_at, _SEEN.c.client_id)
)
COUNTED_MAX = 250
"""As many are counted; a practice with more of them has other cares than the number."""
_COUNT_UNDECIDED = select(func.count()).select_from(
    _UNDECIDED.order_by(None).limit(COUNTED_MAX + 1).subquery()
)
_UNDECIDED_PART: Any = part_only(_UNDECIDED.add_columns(_COUNT_UNDECIDED.scalar_subquery()))


async def undecided(
    tx: ReadSession, *, since: datetime, until: datetime, first: int, size: int
) -> tuple[Sequence[tuple[uuid.UUID, datetime, uuid.UUID | None]], int]:
    """Clients whose last visit was in this time, with nothing booked and nothing decided since.

    Each with that visit's time and clinician, longest ago first; and how many there are, up to `COUNTED_MAX` and one more.
    """
    given = {"since": since, "until": until}
    part = part_values(first=first, size=size)
    rows: Any = (await tx.execute(_UNDECIDED_PART, {**given, **part})).all()
    if rows:
        return [(row[0], row[1], row[2]) for row in rows], int(rows[0][3])
    return [], int(await tx.scalar(_COUNT_UNDECIDED, given) or 0) if first else 0


async def wanted(
    tx: ReadSession, *, month: date, later: bool, first: int, size: int
) -> tuple[Sequence[Recall], int]:
    """Decisions to ask again in a month or before it, or after it; first the earliest."""
    return await (_LATER if later else _DUE).read(tx, first=first, size=size, month=month)


async def count_wanted(tx: ReadSession, *, month: date) -> int:
    """How many are to be asked again in a month or before it."""
    return int(await tx.scalar(_COUNT_DUE, {"month": month}) or 0)


async def one(tx: ReadSession, recall_id: uuid.UUID) -> Recall | None:
    """One decision."""
    return await tx.get(Recall, recall_id)


async def locked(tx: WriteSession, recall_id: uuid.UUID) -> Recall | None:
    """One decision, held until this unit of work ends."""
    return await tx.get(Recall, recall_id, with_for_update=True)


async def holds(tx: ReadSession, recall_id: uuid.UUID) -> tuple[bool, bool]:
    """Whether nothing newer was decided and it was not taken back; whether the client is busy since."""
    query = select(_IS_NEWEST, _is_busy()).where(Recall.id == recall_id)
    is_newest, is_busy = (await tx.execute(query)).one()
    return bool(is_newest), bool(is_busy)


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[Recall]:
    """What was decided about a client, newest first."""
    return (await tx.scalars(_OF_CLIENT, {"client_id": client_id})).all()


_OF_CLIENT = (
    select(Recall)
    .where(Recall.client_id == bindparam("client_id"), Recall.undone_at.is_(None))
    .order_by(Recall.decided_at.desc())
    .limit(20)
)


async def not_on(tx: ReadSession, kind: str, *, limit: int) -> Sequence[uuid.UUID]:
    """Decisions whose month has come, and that are missing from the work list."""
    on_list = exists().where(WorkItem.subject_kind == kind, WorkItem.subject_id == Recall.id)
    query = _WANTED.with_only_columns(Recall.id)
    query = query.where(Recall.month <= func.current_date(), not_(on_list))
    return (await tx.scalars(query.limit(limit))).all()


async def add(tx: WriteSession, recall: Recall) -> None:
    """Write one down."""
    tx.add(recall)
    await tx.flush()
