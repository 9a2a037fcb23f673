"""What other pages say of holds: what waits, and what the week's packet counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lmhg_gateway.features.holds import repository
from lmhg_gateway.web.points import Stat, WeekSpan
from lmhg_kit.feature import NoteProvider
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice

LABEL, HREF = "Held for review", "/compliance/held"
WAITING = NoteProvider(
    permission="compliance.read",
    label=LABEL,
    href=HREF,
    count=repository.WAITING_COUNT,
    kind="warn",
)
"""What waits, as the bell says it."""


async def at_home(tx: ReadSession, _practice: Practice) -> Sequence[Stat]:
    """What waits, as the first page says it."""
    return [Stat(await repository.waiting_count(tx), LABEL, HREF)]


async def this_morning(tx: ReadSession, _at: datetime) -> Sequence[Stat]:
    """What waits, as the officer's first page says it."""
    return [Stat(await repository.waiting_count(tx), LABEL, HREF)]


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Holds made and decided in the week, and what waits now."""
    return await repository.counts_between(tx, week.begins, week.ends)
