"""What an appointment's status means. Pure."""

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


def status_words(status: str) -> tuple[str, str]:
    """Words and badge of a status, its own text where it is a new one."""
    return STATUS_WORDS.get(status.lower(), (status.replace("_", " ").capitalize(), ""))


def is_confirmed(status: str) -> bool:
    """Whether nobody waits for a confirmation any more."""
    return status.lower() != "waitingconfirmation"


NOT_TAKEN = frozenset({"canceled", "declined", "deleted"})
"""Status of an appointment that takes nobody's time."""
