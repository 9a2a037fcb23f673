"""Monthly statements made in the background."""

from lmhg_gateway.features.statements.public import Maker
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    settings = worker.settings
    maker = Maker(worker.db, settings.site, settings.peer_ledger_keys_file)
    return [Loop("statements", maker.step, 1.0)]
