"""Reading the work list: what this person may see of it, with names, numbers and owners."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from lmhg_gateway.features.clients.public import reach_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.work_list import repository
from lmhg_gateway.features.work_list.models import WorkItem
from lmhg_gateway.features.work_list.repository import Wish
from lmhg_gateway.features.work_list.rules import LANES
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
    can_write: bool,
) -> Seen:
    """A part of the work list. Reading the names on it is audited."""
    now, lanes = practice.clock(), lanes_of(sources)
    today_ends = practice.bounds(practice.today())[1]
    steps: Sequence[str] = [
        code for code, lane in lanes.items() if view not in LANES or lane == view
    ]
    wish = Wish(steps=steps, now=now, today_ends=today_ends, view=view, owner_id=owner_id)
    items, total = await repository.listed(tx, wish, first=first, size=size)
    counted = await repository.counts(tx, now=now, today_ends=today_ends)
    reach = await reach_of(tx, (each.client_id for each in items if each.client_id))
    staff = await staff_names(tx) if any(each.owner_id for each in items) else {}
    made = rows(
        items, sources, reach=reach, staff=staff, at=now, zone=practice.zone, can_write=can_write
    )
    known = [each for each in counted if each[0] in lanes]
    return Seen(items, made, total, chips(known, lanes, view=view), lanes)
