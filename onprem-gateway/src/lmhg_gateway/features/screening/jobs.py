"""Screening of what waits to leave and of what arrived."""

from lmhg_gateway.features.screening.service import Screener
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    screener = Screener(worker.db)
    return [
        Loop("screen_waiting", screener.screen_waiting, 1.0, ("relay_outbox",)),
        Loop("screen_files", screener.screen_files, 2.0, ("shared_file",)),
        Loop("screen_arrived", screener.screen_arrived, 2.0, ("replica_record",)),
    ]
