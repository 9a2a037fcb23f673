"""Which colleagues are tied to which clients."""

from lmhg_gateway.features.access_log.service import Ties
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    return [Loop("staff_ties", Ties(worker.db).step, 30.0)]
