"""What the morning page shows of exemptions: what waits, what ends soon, and the open requests."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.exemptions import repository
from lmhg_gateway.features.exemptions.bell import HREF, LABEL
from lmhg_gateway.features.exemptions.records import records_about
from lmhg_gateway.features.exemptions.rules import SOON
from lmhg_gateway.features.exemptions.views import RequestRow, request_rows
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import Stat
from lmhg_kit.persistence import ReadSession


async def this_morning(tx: ReadSession, at: datetime) -> Sequence[Stat]:
    """What waits and what ends soon."""
    ending = await repository.ending_count(tx, until=at + SOON)
    return [
        Stat(await repository.open_count(tx), LABEL, HREF),
        Stat(ending, "Approvals to share that end soon", f"{HREF}?state=ending"),
    ]


async def open_requests(tx: ReadSession) -> Sequence[RequestRow]:
    """Requests that wait for a second person."""
    asked, names = await repository.open_requests(tx), await staff_names(tx)
    return request_rows(asked, names, records=await records_about(tx, asked, names))
