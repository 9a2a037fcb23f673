"""What a client's page shows of requests: all of theirs, and what was agreed and lasts."""

import uuid

from lmhg_gateway.features.records_requests import repository
from lmhg_gateway.features.records_requests.clock_rules import Kind
from lmhg_gateway.features.records_requests.views import RequestRow, force_row, row
from lmhg_gateway.web.points import Banner
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession

SHOWN = 160
"""Letters of what was agreed that a banner shows; the whole is behind its link."""


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[RequestRow]:
    """A client's requests: open ones first."""
    today = utc_now().date()
    return [row(each, "", today=today) for each in await repository.of_client(tx, client_id)]


async def banners(tx: ReadSession, client_id: uuid.UUID) -> list[Banner]:
    """What was agreed about sharing and reaching this client, before anything else."""
    return [
        Banner(
            sentence=f"{_HEADS[each.kind]}: {_short(force_row(each).decision)}",
            href=f"/requests/{each.id}",
            label="See what was agreed",
        )
        for each in await repository.in_force(tx, client_id)
    ]


_HEADS = {
    Kind.RESTRICTION.value: "Limit on sharing",
    Kind.CONFIDENTIAL.value: "Reach this person only as agreed",
}


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN].rsplit(" ", 1)[0] + " …"
