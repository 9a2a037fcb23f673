"""What the home page shows of the work list: its first rows, and how many there are."""

from typing import NamedTuple

from lmhg_gateway.features.work_list.reading import Chip, read_list, sources_for
from lmhg_gateway.features.work_list.views import WorkRow
from lmhg_gateway.web.points import HomeAsk, WorkSource
from lmhg_kit.persistence import ReadSession

ROWS = 25


class HomeWork(NamedTuple):
    """The first rows, how many there are, and the views with their counts."""

    rows: list[WorkRow]
    total: int
    chips: list[Chip]


async def first_rows(tx: ReadSession, ask: HomeAsk) -> HomeWork:
    """What comes first on the work list."""
    sources = sources_for(ask.features.contributions(WorkSource), ask.may)
    seen = await read_list(tx, sources, practice=ask.practice, size=ROWS, may=ask.may)
    return HomeWork(seen.rows, seen.total, seen.chips)
