"""What the officer's first page says of outside services: a red line, and a line of the status."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.vendors import service
from lmhg_gateway.web.points import Said, Status
from lmhg_kit.persistence import ReadSession

PATH = "/compliance/vendors"


async def red(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """Services that see something about clients without a contract in order."""
    bad = (await service.counts(tx, today=at.date())).bad
    if not bad:
        return []
    if bad == 1:
        return [Said("1 outside service has no contract in order.", PATH)]
    return [Said(f"{bad} outside services have no contract in order.", PATH)]


async def status(tx: ReadSession, at: datetime) -> Status:
    """How the contracts with outside services are."""
    found = await service.counts(tx, today=at.date())
    said = "None on the list yet."
    if found.total:
        said = (
            f"{found.total} on the list, {found.bad} with something wrong, {found.soon} due soon."
        )
    return Status(
        title="Outside services",
        said=said,
        href=PATH,
        label="Contract missing or late" if found.bad else "" if found.total else "List is empty",
        label_tone="bad" if found.bad else "warn",
    )
