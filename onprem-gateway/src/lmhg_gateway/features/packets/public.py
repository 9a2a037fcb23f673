"""What other parts of the workspace may ask of packets."""

from lmhg_gateway.features.packets.repository import newest, open_count
from lmhg_gateway.features.packets.upkeep import LateLetters, PacketUpkeep

__all__ = ["LateLetters", "PacketUpkeep", "newest", "open_count"]
