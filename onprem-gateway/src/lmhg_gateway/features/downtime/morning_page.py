"""What the officer's first page says of downtime: red lines, and a line of the status."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.downtime import service
from lmhg_gateway.web.points import Said, Status
from lmhg_kit.persistence import ReadSession

PATH = "/downtime"


async def red(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """No packet for two hours, one that did not reach the folder, a key that was used."""
    found = await service.health(tx, at=at)
    lines: list[str] = []
    if found.is_late:
        lines.append("The downtime packet is more than two hours old.")
    if found.is_lost:
        lines.append("The downtime packet could not be put in its folder.")
    if found.is_used:
        lines.append("The printed downtime key was used. Ask an administrator to print a new one.")
    if found.unanswered:
        lines.append("The system was down. Say if anyone opened the downtime packet.")
    return [Said(each, PATH) for each in lines]


async def status(tx: ReadSession, at: datetime) -> Status:
    """How the packets are."""
    found = await service.health(tx, at=at)
    label, tone, said = "", "", "Made each hour, opened with a printed key."
    if found.key_number is None:
        label, tone, said = (
            "No key yet",
            "warn",
            "Ask an administrator to print a key. Then a packet is made each hour.",
        )
    elif found.is_late:
        label, tone, said = "Late", "bad", "No packet was made in the last two hours."
    return Status(title="Downtime packet", said=said, href=PATH, label=label, label_tone=tone)
