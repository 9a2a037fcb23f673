"""What pages and programs read of recalls."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from lmhg_gateway.features.clients.public import Reach, reach_of
from lmhg_gateway.features.recalls import repository
from lmhg_gateway.features.recalls.listed import LATER, NOW, RecallRow
from lmhg_gateway.features.recalls.models import Recall
from lmhg_gateway.features.recalls.rules import (
    LISTED_FOR,
    QUIET_AFTER,
    REASONS,
    Reason,
    month_start,
)
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice

NAMELESS = "(no name on file)"


class Listed(NamedTuple):
    """A part of a view, how many there are, and whether counting stopped there."""

    rows: list[RecallRow]
    total: int
    is_bounded: bool


async def listed(
    tx: ReadSession, view: str, practice: Practice, *, first: int, size: int
) -> Listed:
    """A part of who was seen and has nothing booked, by view."""
    if view in (NOW, LATER):
        month = month_start(practice.today())
        found, total = await repository.wanted(
            tx, month=month, later=view == LATER, first=first, size=size
        )
        reach = await reach_of(tx, [each.client_id for each in found])
        return Listed([_decided(each, reach) for each in found], total, is_bounded=False)
    at = practice.clock()
    seen, total = await repository.undecided(
        tx, since=at - LISTED_FOR, until=at - QUIET_AFTER, first=first, size=size
    )
    reach, staff = await tx.together(
        reach_of(tx, [client for client, _, _ in seen]), staff_names(tx)
    )
    most = repository.COUNTED_MAX
    rows = [_seen(each, reach, staff, practice) for each in seen]
    return Listed(rows, min(total, most), is_bounded=total > most)


def _decided(recall: Recall, reach: Mapping[uuid.UUID, Reach]) -> RecallRow:
    known = reach.get(recall.client_id)
    return RecallRow(
        client_id=recall.client_id,
        name=known.name if known else NAMELESS,
        phone=(known.mobile or known.phone) if known else "",
        last_on=None,
        clinician="",
        month=f"{recall.month:%B %Y}" if recall.month else "",
        reason=REASONS[Reason(recall.reason)],
        note=recall.note or "",
    )


def _seen(
    seen: tuple[uuid.UUID, datetime, uuid.UUID | None],
    reach: Mapping[uuid.UUID, Reach],
    staff: Mapping[str, str],
    practice: Practice,
) -> RecallRow:
    client_id, starts_at, clinician_id = seen
    known = reach.get(client_id)
    return RecallRow(
        client_id=client_id,
        name=known.name if known else NAMELESS,
        phone=(known.mobile or known.phone) if known else "",
        last_on=practice.day_of(starts_at),
        clinician=staff.get(str(clinician_id), "") if clinician_id else "",
        month="",
        reason="",
        note="",
    )


def said(recalls: Sequence[Recall], staff: Mapping[str, str]) -> list[tuple[str, str, datetime]]:
    """What was decided about a client, in words, newest first: what, by whom, when."""
    return [
        (
            f"Ask in {each.month:%B %Y}" if each.month else "Do not ask again",
            f"{REASONS[Reason(each.reason)]}. {staff.get(each.decided_by, '')}".strip(),
            each.decided_at,
        )
        for each in recalls
    ]
