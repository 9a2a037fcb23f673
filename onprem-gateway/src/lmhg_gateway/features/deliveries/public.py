"""What other features may ask of deliveries."""

from lmhg_gateway.features.deliveries.calls import ACTOR, Calls, Later
from lmhg_gateway.features.deliveries.events import Event
from lmhg_gateway.features.deliveries.fetching import fetcher_of
from lmhg_gateway.features.deliveries.morning_page import red_lines
from lmhg_gateway.features.deliveries.priorities import Priority, limits_of
from lmhg_gateway.features.deliveries.pull import (
    Fetcher,
    GoneAt,
    UnusableAt,
    record_profile,
    store,
)
from lmhg_gateway.features.deliveries.repository import set_held_aside, try_held_again
from lmhg_gateway.features.deliveries.rules import (
    CALLS_PER_EVENT,
    FORECAST_MAX,
    RETRY,
    WORK_MAX_S,
    call_times,
)
from lmhg_gateway.features.deliveries.status import IntakeStatus, intake_status
from lmhg_gateway.features.deliveries.views import pause_words, reasons

__all__ = [
    "ACTOR",
    "CALLS_PER_EVENT",
    "FORECAST_MAX",
    "RETRY",
    "WORK_MAX_S",
    "Calls",
    "Event",
    "Fetcher",
    "GoneAt",
    "IntakeStatus",
    "Later",
    "Priority",
    "UnusableAt",
    "call_times",
    "fetcher_of",
    "intake_status",
    "limits_of",
    "pause_words",
    "reasons",
    "record_profile",
    "red_lines",
    "set_held_aside",
    "store",
    "try_held_again",
]
