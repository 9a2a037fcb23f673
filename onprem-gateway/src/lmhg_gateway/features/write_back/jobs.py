"""Sends changes to IntakeQ, where a setting says that staff may."""

from lmhg_gateway.features.deliveries.public import fetcher_of
from lmhg_gateway.features.write_back.sending import Sending
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    if not worker.settings.intakeq_write_back:
        return []
    return [Loop("intakeq_changes", Sending(fetcher_of(worker)).step, 2.0)]
