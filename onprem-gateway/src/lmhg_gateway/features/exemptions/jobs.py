"""What exemptions need done without anybody asking."""

from lmhg_gateway.features.exemptions.upkeep import Expiry
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    return [Loop("expire_exemptions", Expiry(worker.db).expire_exemptions, 30.0)]
