"""The search in what already is on the portal."""

from lmhg_gateway.features.look_back.service import LookBack
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    look_back = LookBack(worker.db, worker.settings.timezone, worker.registry)
    return [
        Loop("look_back", look_back.look, 1.0),
        Loop("look_back_nightly", look_back.prove, 60.0),
        Loop("look_back_gone", look_back.close_gone, 2.0, ("replica_record",)),
        Loop("look_back_prune", look_back.prune, 3600.0),
    ]
