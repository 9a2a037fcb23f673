"""What other pages say of exemptions: what waits, and what the week's packet counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lmhg_gateway.features.exemptions import repository, week_repository
from lmhg_gateway.features.exemptions.records import records_about
from lmhg_gateway.features.exemptions.rules import SOON
from lmhg_gateway.features.exemptions.views import RequestRow, request_rows
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import Stat, WeekSpan
from lmhg_kit.feature import NoteProvider
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice

LABEL, HREF = "Approvals asked for", "/compliance/exemptions"
WAITING = NoteProvider(
    permission="compliance.read", label=LABEL, href=HREF, count=repository.OPEN_COUNT, kind="warn"
)
"""What waits, as the bell says it."""


async def at_home(tx: ReadSession, _practice: Practice) -> Sequence[Stat]:
    """What waits, as the first page says it."""
    return [Stat(await repository.open_count(tx), LABEL, HREF)]


async def this_morning(tx: ReadSession, at: datetime) -> Sequence[Stat]:
    """What waits and what ends soon, as the officer's first page says it."""
    ending = await repository.ending_count(tx, until=at + SOON)
    return [
        Stat(await repository.open_count(tx), LABEL, HREF),
        Stat(ending, "Approvals to share that end soon", f"{HREF}?state=ending"),
    ]


async def of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Exemptions of single records in the week."""
    return await week_repository.exemptions(tx, week.begins, week.ends)


async def kinds_of_week(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Standing approvals in the week."""
    return await week_repository.standing(tx, week.begins, week.ends)


async def open_requests(tx: ReadSession) -> Sequence[RequestRow]:
    """Requests that wait for a second person, as the officer's first page shows them."""
    asked, names = await repository.open_requests(tx), await staff_names(tx)
    return request_rows(asked, names, records=await records_about(tx, asked, names))
