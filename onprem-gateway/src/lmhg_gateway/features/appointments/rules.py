"""What an appointment's status means on a day list."""

from collections.abc import Mapping

STATUS_WORDS: Mapping[str, tuple[str, str]] = {
    "confirmed": ("Confirmed", "ok"),
    "waitingconfirmation": ("Waiting for confirmation", "warn"),
    "attended": ("Attended", "accent"),
    "missed": ("Missed", "bad"),
    "canceled": ("Canceled", ""),
    "declined": ("Declined", ""),
}
"""Status to words and badge; IntakeQ's other spellings are brought to these on arrival."""


FREES = ("canceled", "declined", "deleted")
"""Statuses in which an appointment takes nobody's time."""


def status_words(status: str) -> tuple[str, str]:
    """Words and badge of a status, its own text where it is a new one."""
    return STATUS_WORDS.get(status.lower(), (status.replace("_", " ").capitalize(), ""))
