"""Reading the work list: what this person may see of it, with names, numbers and owners."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.work_list import repository
from lmhg_gateway.features.work_list.models import WorkItem
from lmhg_gateway.features.work_list.repository import Wish
from lmhg_gateway.features.work_list.rules import CALL_BACKS, LANES, URGENT
from lmhg_gateway.features.work_list.views import WorkRow, chips, rows
from lmhg_gateway.web.points import WorkSource
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice

Chip = tuple[str, str, int, bool]


class Seen(NamedTuple):
    """A part of the list, how many there are in this view, and every view with its count."""

    items: Sequence[WorkItem]
    rows: list[WorkRow]
    total: int
    chips: list[Chip]
    lanes: Mapping[str, str]


def sources_for(sources: Iterable[WorkSource], may: Callable[[str], bool]) -> dict[str, WorkSource]:
    """The sources that someone may see, by kind."""
    return {each.kind: each for each in sources if may(each.permission)}


def lanes_of(sources: Mapping[str, WorkSource]) -> dict[str, str]:
    """The lane of each step."""
    return {step.code: step.lane for each in sources.values() for step in each.steps}


async def read_list(
    tx: ReadSession,
    sources: Mapping[str, WorkSource],
    *,
    practice: Practice,
    view: str = "",
    owner_id: uuid.UUID | None = None,
    first: int = 0,
    size: int,
    may: Callable[[str], bool],
) -> Seen:
    """A part of the work list. Reading the names on it is audited."""
    now, lanes = practice.clock(), lanes_of(sources)
    today_ends = practice.bounds(practice.today())[1]
    steps: Sequence[str] = [
        code for code, lane in lanes.items() if view not in LANES or lane == view
    ]
    wish = Wish(steps=steps, now=now, today_ends=today_ends, view=view, owner_id=owner_id)
    (items, total), counted, reach, staff = await tx.together(
        repository.listed(tx, wish, first=first, size=size),
        repository.counts(tx, now=now, today_ends=today_ends),
        repository.reach_listed(tx, wish, first=first, size=size),
        staff_names(tx),
    )
    made = rows(items, sources, reach=reach, staff=staff, at=now, zone=practice.zone, may=may)
    known = [each for each in counted if each[0] in lanes]
    return Seen(items, made, total, chips(known, lanes, view=view), lanes)


PROMISED_MAX = 100


async def read_promised(
    tx: ReadSession, sources: Mapping[str, WorkSource], *, practice: Practice
) -> tuple[list[WorkRow], list[WorkRow]]:
    """Calls that are promised and what is urgent, each in the order of the list, without buttons."""
    found = [
        await read_list(
            tx, sources, practice=practice, view=view, size=PROMISED_MAX, may=lambda _: False
        )
        for view in (CALL_BACKS, URGENT)
    ]
    return found[0].rows, found[1].rows
