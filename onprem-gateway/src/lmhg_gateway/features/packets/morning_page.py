"""What the morning page shows of the weekly packets: red while one is late, and the newest."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.packets import repository
from lmhg_gateway.web.points import Said, Status
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.formats import long_day

PACKETS = "/compliance/packets"


async def late(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """Packets that nobody signed in time."""
    if await repository.open_count(tx, at=at):
        return [Said("A weekly packet is late.", PACKETS)]
    return []


async def newest(tx: ReadSession, at: datetime) -> Status:
    """The packet of the newest week."""
    packet = await repository.newest(tx)
    if packet is None:
        return Status(title="Weekly packet", said="The first one is made next Monday.", href="")
    is_late = packet.signed_at is None and packet.due_at <= at
    said = f"Week of {long_day(packet.first_day)}: {'signed' if packet.signed_at else 'not signed yet'}"
    return Status(
        title="Weekly packet",
        said=said,
        href=f"{PACKETS}/{packet.id}",
        label="Late" if is_late else "",
        label_tone="bad",
    )
