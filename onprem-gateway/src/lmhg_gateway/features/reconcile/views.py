"""The nightly check as its page shows it."""

from collections.abc import Mapping

from lmhg_gateway.features.reconcile.status import SyncStatus

PATH = "/intake/check"
WHAT_WORDS: Mapping[str, str] = {
    "appointment": "Appointments",
    "intake": "Forms",
    "note": "Notes",
    "client": "Clients",
}


def waiting_rows(status: SyncStatus) -> list[tuple[str, int]]:
    """What waits, in the order in which it is asked for."""
    return [
        (words, status.waiting[what])
        for what, words in WHAT_WORDS.items()
        if what in status.waiting
    ]
