"""What holds need done without anybody asking."""

from lmhg_gateway.features.holds.upkeep import LateVerdicts
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    return [Loop("release_again", LateVerdicts(worker.db).release_unscreened, 60.0)]
