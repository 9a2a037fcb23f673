"""What the watch over both planes needs done without anybody asking."""

from lmhg_gateway.features.oversight.upkeep import Upkeep
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop
from lmhg_kit.practice import Practice


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    upkeep = Upkeep(worker.db, Practice(worker.settings.timezone))
    return [
        Loop("nightly_match", upkeep.request_nightly_match, 60.0),
        Loop("match_incidents", upkeep.open_match_incidents, 15.0),
        Loop("set_aside_incidents", upkeep.open_set_aside_incidents, 15.0),
        Loop("restore_incidents", upkeep.open_restore_incidents, 15.0),
        Loop("portal_incident", upkeep.open_portal_incident, 15.0),
        Loop("sweep_incidents", upkeep.open_sweep_incident, 300.0),
        Loop("note_head", upkeep.audit_head, 3600.0),
    ]
