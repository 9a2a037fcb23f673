"""Word to the officers about each opening."""

from lmhg_gateway.features.break_glass.glass_sessions import Notices
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    to = worker.settings.alerts_to
    if to is None or worker.send is None:
        return []
    return [
        Loop(
            "break_glass_notices",
            Notices(worker.db, worker.send, to, timezone=worker.settings.timezone).step,
            2.0,
        )
    ]
