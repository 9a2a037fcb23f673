"""The packet is made each hour, and within five minutes of a new key."""

from lmhg_gateway.features.downtime.making import Making
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop
from lmhg_kit.practice import Practice

LOOK_EVERY_S = 300.0


def loops(worker: Worker) -> list[Loop]:
    """The background loop of this feature."""
    settings = worker.settings
    making = Making(worker.db, Practice(settings.timezone), settings.downtime_folder)
    return [Loop("downtime_packet", making.step, LOOK_EVERY_S)]
