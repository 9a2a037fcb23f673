"""All SQL of the work list."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Select, Uuid, bindparam, delete, func, select, update

from lmhg_gateway.features.clients.public import Reach, reach_of
from lmhg_gateway.features.work_list.models import WorkItem
from lmhg_gateway.features.work_list.rules import LATE, RANKS, TODAY, URGENT, Urgency
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part, is_one_of, part_only, part_values

OWNED_MAX = 2000
REPLAN_MAX = 100
"""Subjects that are decided again in one go."""
_NOW = bindparam("now", type_=DateTime(timezone=True))
_TODAY_ENDS = bindparam("today_ends", type_=DateTime(timezone=True))
_ORDER = (WorkItem.rank, WorkItem.due_at.asc().nulls_last(), WorkItem.since, WorkItem.id)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which part of the list is asked for."""

    steps: Sequence[str]
    now: datetime
    today_ends: datetime
    view: str = ""
    owner_id: uuid.UUID | None = None

    @property
    def lane_or_view(self) -> str:
        """The view by which the query differs; a lane differs by its steps alone."""
        return self.view if self.view in (LATE, TODAY, URGENT) else ""


def _narrowed(query: "Select[Any]", view: str, *, is_owned: bool) -> "Select[Any]":
    query = query.where(is_one_of(WorkItem.step, "steps"))
    if view == LATE:
        query = query.where(WorkItem.due_at < _NOW)
    elif view == TODAY:
        query = query.where(WorkItem.due_at >= _NOW, WorkItem.due_at < _TODAY_ENDS)
    elif view == URGENT:
        query = query.where(WorkItem.rank <= RANKS[Urgency.URGENT])
    if is_owned:
        query = query.where(WorkItem.owner_id == bindparam("owner", type_=Uuid))
    return query.order_by(*_ORDER)


@cache
def _listed(view: str, *, is_owned: bool) -> Part[WorkItem]:
    return Part(_narrowed(select(WorkItem), view, is_owned=is_owned))


@cache
def _clients_listed(view: str, *, is_owned: bool) -> "Select[Any]":
    return part_only(_narrowed(select(WorkItem.client_id), view, is_owned=is_owned))


def _given(wish: Wish) -> dict[str, Any]:
    given: dict[str, Any] = {"steps": list(wish.steps)}
    if wish.view in (LATE, TODAY):
        given["now"] = wish.now
    if wish.view == TODAY:
        given["today_ends"] = wish.today_ends
    if wish.owner_id:
        given["owner"] = wish.owner_id
    return given


async def listed(
    tx: ReadSession, wish: Wish, *, first: int, size: int
) -> tuple[Sequence[WorkItem], int]:
    """A part of the list: what is at risk first, then urgent, then what is due first; and how many."""
    part = _listed(wish.lane_or_view, is_owned=wish.owner_id is not None)
    return await part.read(tx, first=first, size=size, **_given(wish))


async def reach_listed(
    tx: ReadSession, wish: Wish, *, first: int, size: int
) -> dict[uuid.UUID, Reach]:
    """How the people of that part may be reached."""
    query = _clients_listed(wish.lane_or_view, is_owned=wish.owner_id is not None)
    return await reach_of(tx, query, **_given(wish), **part_values(first=first, size=size))


_COUNTS = select(
    WorkItem.step,
    func.count(),
    func.count().filter(WorkItem.due_at < _NOW),
    func.count().filter(WorkItem.due_at >= _NOW, WorkItem.due_at < _TODAY_ENDS),
    func.count().filter(WorkItem.rank <= RANKS[Urgency.URGENT]),
).group_by(WorkItem.step)


async def counts(
    tx: ReadSession, *, now: datetime, today_ends: datetime
) -> Sequence[tuple[str, int, int, int, int]]:
    """For each step: how many wait, how many are late, due today, and urgent."""
    found = (await tx.execute(_COUNTS, {"now": now, "today_ends": today_ends})).all()
    return [(row[0], row[1], row[2], row[3], row[4]) for row in found]


async def of_subject(tx: ReadSession, kind: str, subject_id: uuid.UUID) -> WorkItem | None:
    """The row of one subject, if something is to be done."""
    query = select(WorkItem).where(WorkItem.subject_kind == kind, WorkItem.subject_id == subject_id)
    return await tx.scalar(query)


async def add(tx: WriteSession, item: WorkItem) -> None:
    """Put a row on the list."""
    tx.add(item)
    await tx.flush()


async def owned_by(tx: ReadSession, people: Sequence[uuid.UUID]) -> Sequence[WorkItem]:
    """What these colleagues own, what is due first on top."""
    query = select(WorkItem).where(WorkItem.owner_id.in_(list(people)))
    return (await tx.scalars(query.order_by(*_ORDER).limit(OWNED_MAX))).all()


async def give(
    tx: WriteSession, ids: Sequence[uuid.UUID], from_id: uuid.UUID, to_id: uuid.UUID
) -> Sequence[uuid.UUID]:
    """Name another owner of those of these rows that still name the first: their ids."""
    some = (WorkItem.id.in_(list(ids)), WorkItem.owner_id == from_id)
    moved = update(WorkItem).where(*some).values(owner_id=to_id).returning(WorkItem.id)
    return (await tx.scalars(moved)).all()


async def drop(tx: WriteSession, kind: str, subject_id: uuid.UUID) -> None:
    """Take a subject off the list."""
    await tx.execute(
        delete(WorkItem).where(WorkItem.subject_kind == kind, WorkItem.subject_id == subject_id)
    )


async def changing(tx: ReadSession, *, at: datetime) -> Sequence[tuple[str, uuid.UUID]]:
    """Subjects that have to be decided again because time went by, longest ago first."""
    query = (
        select(WorkItem.subject_kind, WorkItem.subject_id)
        .where(WorkItem.changes_at <= at)
        .order_by(WorkItem.changes_at)
        .limit(REPLAN_MAX)
    )
    return [(row[0], row[1]) for row in (await tx.execute(query)).all()]


async def mark_changing(
    tx: WriteSession, kind: str | None, *, client_id: uuid.UUID | None, at: datetime
) -> None:
    """Have every subject of a kind decided again, or those that concern a client."""
    marked = update(WorkItem)
    if kind is not None:
        marked = marked.where(WorkItem.subject_kind == kind)
    if client_id is not None:
        marked = marked.where(WorkItem.client_id == client_id)
    await tx.execute(marked.values(changes_at=at))
