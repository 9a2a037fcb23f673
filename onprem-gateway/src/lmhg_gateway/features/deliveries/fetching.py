"""Who asks IntakeQ in the worker: one client of its API, within one budget of calls."""

from lmhg_gateway.adapters.intakeq import IntakeQ
from lmhg_gateway.features.deliveries.calls import Calls
from lmhg_gateway.features.deliveries.pull import Fetcher
from lmhg_gateway.kernel.process import Worker


def fetcher_of(worker: Worker) -> Fetcher:
    """Asks IntakeQ as the worker's settings say; closed as the process ends."""
    settings = worker.settings
    api = IntakeQ(
        url=settings.intakeq_url, api_key=settings.intakeq_api_key_file.read_text().strip()
    )
    worker.on_stop.append(api.close)
    calls = Calls(
        db=worker.db,
        per_minute=settings.intakeq_calls_per_minute,
        per_day=settings.intakeq_calls_per_day,
    )
    return Fetcher(api, calls)
