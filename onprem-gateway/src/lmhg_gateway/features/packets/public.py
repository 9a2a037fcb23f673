"""What other parts of the workspace may ask of packets."""

from lmhg_gateway.features.packets.upkeep import LateLetters, PacketUpkeep
from lmhg_gateway.features.packets.views import WeekState
from lmhg_gateway.features.packets.weeks import week_states

__all__ = [
    "LateLetters",
    "PacketUpkeep",
    "WeekState",
    "week_states",
]
