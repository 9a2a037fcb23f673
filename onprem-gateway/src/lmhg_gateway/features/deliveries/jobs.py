"""Intake, from stored deliveries to records, and how that is."""

from lmhg_gateway.features.deliveries.fetching import fetcher_of
from lmhg_gateway.features.deliveries.service import Deliveries
from lmhg_gateway.features.deliveries.status import StatusReport
from lmhg_gateway.kernel.process import Worker
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_kit.loops import Loop
from lmhg_kit.practice import Practice


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    settings = worker.settings
    fetcher = fetcher_of(worker)
    calls = fetcher.calls
    deliveries = Deliveries(
        box=OpeningBox.from_file(settings.ingress_private_key_file),
        fetcher=fetcher,
        practice=Practice(settings.timezone),
    )
    return [
        Loop("intake_limits", calls.store_limits, 60.0),
        Loop("sort_deliveries", deliveries.sort, 2.0, ("ingress_delivery",)),
        Loop("pull_deliveries", deliveries.pull, 1.0),
        Loop("intake_status", StatusReport(calls, worker.registry).step, 60.0),
        Loop("tidy_deliveries", deliveries.tidy, 300.0),
    ]
