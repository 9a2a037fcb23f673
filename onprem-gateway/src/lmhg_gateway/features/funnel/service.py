"""What the funnel's page and its API ask for alike."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.funnel import repository
from lmhg_gateway.features.funnel.rules import Cut
from lmhg_gateway.features.funnel.views import NAMELESS, StandingRow, standing_row
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


class Standings(NamedTuple):
    """A part of the standings, and how many there are."""

    rows: Sequence[StandingRow]
    total: int


async def standings(
    tx: ReadSession, cut: Cut, *, sort: str, first: int, size: int, practice: Practice
) -> Standings:
    """A part of the referrals that are meant, each with its whole standing."""
    found, total = await repository.listed(tx, cut, sort=sort, first=first, size=size)
    names, work, staff = await tx.together(
        names_of(tx, (each.client_id for each in found)),
        repository.work_of(tx, (each.id for each in found)),
        staff_names(tx),
    )
    at = practice.clock()
    rows = [
        standing_row(
            each,
            work.get(each.id),
            client=names.get(each.client_id, NAMELESS),
            staff=staff,
            at=at,
            zone=practice.zone,
        )
        for each in found
    ]
    return Standings(rows, total)


async def counted(tx: ReadSession, cut: Cut, *, by: str) -> Mapping[str, Mapping[str, int]]:
    """The counts by source or by month."""
    return await repository.counts(tx, cut, by=by)
