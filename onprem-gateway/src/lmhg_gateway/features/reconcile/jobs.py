"""The nightly check and the catch-up, in the worker."""

from lmhg_gateway.features.deliveries.public import fetcher_of
from lmhg_gateway.features.reconcile.lists import Lists
from lmhg_gateway.features.reconcile.objects import Objects
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop
from lmhg_kit.practice import Practice


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    fetcher, practice = fetcher_of(worker), Practice(worker.settings.timezone)
    return [
        Loop("intakeq_check", Lists(fetcher, practice).step, 5.0),
        Loop("intakeq_objects", Objects(fetcher, practice).step, 5.0),
    ]
