"""What the officer's first page says of breach cases: a red line, and a line of the status."""

from collections.abc import Sequence
from datetime import date, datetime

from lmhg_gateway.features.breach_cases import service
from lmhg_gateway.web.points import Said, Status
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.environment import count_of

PATH = "/compliance/breaches"


async def counts(tx: ReadSession, today: date) -> tuple[int, int, int]:
    """How many are open, late, and due soon."""
    found = [each for _, each in await service.stands(tx) if not each.is_over]
    late = sum(each.is_late(today) for each in found)
    soon = sum(each.is_soon(today) for each in found)
    return len(found), late, soon - late


async def red(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """Cases that are late, or soon will be."""
    _, late, soon = await counts(tx, at.date())
    found: list[Said] = []
    if late:
        found.append(Said(f"{count_of(late, 'breach case')} past the 60 days.", PATH))
    if soon:
        found.append(Said(f"{count_of(soon, 'breach case')} due within 15 days.", PATH))
    return found


async def status(tx: ReadSession, at: datetime) -> Status:
    """How the breach cases are."""
    count, late, soon = await counts(tx, at.date())
    return Status(
        title="Breach cases",
        said=f"{count} open, {late} late, {soon} due within 15 days." if count else "None open.",
        href=PATH,
        label="Late" if late else "",
        label_tone="bad",
    )
