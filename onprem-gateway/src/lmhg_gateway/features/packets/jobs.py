"""Weekly packets, made when they are due and called for when they are late."""

from lmhg_gateway.features.packets.upkeep import LateLetters, PacketUpkeep
from lmhg_gateway.kernel.process import Worker
from lmhg_gateway.web.points import PacketLine
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    db, settings = worker.db, worker.settings
    lines = worker.features.contributions(PacketLine)
    upkeep = PacketUpkeep(db, settings.timezone, settings.practice_hours, lines)
    loops = [Loop("weekly_packet", upkeep.make_due, 600.0)]
    if worker.send is not None:
        letters = LateLetters(db, worker.send, settings.timezone)
        loops.append(Loop("late_packets", letters.step, 300.0))
    return loops
