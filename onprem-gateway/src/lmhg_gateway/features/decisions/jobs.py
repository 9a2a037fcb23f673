"""Word to the officers about what was decided and what waits."""

from lmhg_gateway.features.decisions.public import OfficerMail
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    if worker.send is None:
        return []
    officers = OfficerMail(worker.db, worker.send, also=worker.settings.alerts_to)
    return [Loop("officer_mail", officers.step, 2.0)]
