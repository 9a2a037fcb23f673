"""Weeks with their packets: which are made, signed and intact."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from lmhg_gateway.features.packets import repository
from lmhg_gateway.features.packets.rules import weeks_in
from lmhg_gateway.features.packets.views import WeekState, is_intact, week_state
from lmhg_kit.persistence import ReadSession


async def week_states(
    tx: ReadSession, first: date, last: date, *, zone: str
) -> Sequence[WeekState]:
    """The weeks that end between two days, each with its packet; none from before anything began."""
    began = await repository.began_at(tx)
    if began is None:
        return []
    packets = {each.first_day: each for each in await repository.between(tx, first, last)}
    found: list[WeekState] = []
    for week in weeks_in(first, last, zone):
        if week.ends <= began.astimezone(ZoneInfo(zone)):
            continue
        packet = packets.get(week.first)
        lines = await repository.lines_of(tx, packet.id) if packet else []
        found.append(week_state(week, packet, intact=packet is None or is_intact(packet, lines)))
    return found
