"""Intake in words, for its own page and the morning page."""

from collections.abc import Mapping

from lmhg_gateway.features.deliveries.priorities import Priority
from lmhg_gateway.features.deliveries.status import IntakeStatus
from lmhg_kit.http.queue import Reason, State

PATH = "/intake"
"""The page where all this is seen to."""

HELD_WORDS: Mapping[str, str] = {
    "not_utf8": "the message is damaged and cannot be read",
    "not_json": "the message is damaged and cannot be read",
    "too_deep": "the message is built in a way that cannot be read",
    "unreadable": "the message cannot be read",
    "seal_broken": "the stored message cannot be opened",
    "seal_format": "the stored message cannot be opened",
    "object_id_missing": "the message does not say which record it is about",
    "object_id_odd": "the message names a record in a form that IntakeQ does not use",
    "time_missing": "an appointment has no usable start or end",
    "ends_before_start": "an appointment ends before it starts",
    "lasts_too_long": "an appointment lasts longer than a week",
    "client_missing": "a record does not say which client it belongs to",
    "other_object": "IntakeQ answered with another record than we asked for",
    "other_client": "IntakeQ answered with another client than we asked for",
    "refused": "IntakeQ refused what it was asked for",
    "attempts_ended": "the office's computer stopped each time it was tried",
}
"""Why a delivery is held, by its code."""

TRIED = "it failed every time it was tried, for 16 hours"
"""For what was held after its last attempt; the code says what failed."""

REFUSED_WORDS: Mapping[str, str] = {
    "unknown_event": "we do not use messages of this type",
    "too_long": "the message is too long",
    "empty": "the message is empty",
    "content_type": "the message is in a form that we cannot read",
    "content_encoding": "the message is packed, and we cannot unpack it",
}
"""Why a delivery was not accepted, by its code."""
NOT_USED = "nothing in it could be used"
SEEN_BEFORE = "we already had this message"
STORED = "the record here is up to date"
TRIED_ONCE = "the last try did not work, so we will try again"

PAUSE_WORDS: Mapping[str, str] = {
    "server_limit": "IntakeQ asked us to wait.",
    "outage": "IntakeQ does not answer as it should.",
}
"""Why every call waits, by the code of the pause."""


CLASS_WORDS: Mapping[Priority, str] = {
    Priority.RISK: "Forms, which may hold a risk answer",
    Priority.WEBHOOK: "Other messages from IntakeQ",
    Priority.PERSON: "Changes that staff send to IntakeQ",
    Priority.NIGHTLY: "Nightly check",
    Priority.CATCH_UP: "Catching up after an outage",
}
"""Why IntakeQ is asked, the most urgent first."""


def reasons(counts: Mapping[str, int]) -> list[Reason]:
    """Each reason in words, with its codes and their count, the most frequent first."""
    by_words: dict[str, list[str]] = {}
    for code in sorted(counts):
        by_words.setdefault(held_words(code), []).append(code)
    found = [
        Reason(why=words, codes=tuple(codes), count=sum(counts[code] for code in codes))
        for words, codes in by_words.items()
    ]
    return sorted(found, key=lambda reason: (-reason.count, reason.codes))


def held_words(code: str) -> str:
    """Why, in words; a last attempt says that it was tried long enough."""
    return HELD_WORDS.get(code, TRIED)


def why(state: State, code: str, *, attempts: int) -> str:
    """What became of one and why, as a sentence; empty for one that only waits."""
    said = {
        "waiting": TRIED_ONCE if attempts else "",
        "held": held_words(code),
        "set_aside": held_words(code),
        "refused": REFUSED_WORDS.get(code, NOT_USED),
        "done": SEEN_BEFORE if code == "seen_before" else STORED,
    }[state]
    return f"{said[0].upper()}{said[1:]}." if said else ""


def pause_words(status: IntakeStatus) -> str:
    """Why no call is made now; empty when calls are not paused."""
    return PAUSE_WORDS.get(status.pause_code, "")
