"""Intake in words, for the officer's morning page."""

from collections.abc import Mapping
from dataclasses import dataclass

from lmhg_gateway.features.deliveries.status import IntakeStatus

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
    "attempts_ended": "the office's computer stopped each time it was tried",
}
"""Why a delivery is held, by its code."""

TRIED = "it failed every time it was tried, for 16 hours"
"""For what was held after its last attempt; the code says what failed."""

REFUSED_WORDS: Mapping[str, str] = {
    "event_unknown": "this kind of message is not used here",
}
"""Why a delivery was not taken, by its code."""
NOT_USED = "nothing in it could be used"

PAUSE_WORDS: Mapping[str, str] = {
    "server_limit": "IntakeQ asked us to wait.",
    "outage": "IntakeQ does not answer as it should.",
}
"""Why every call waits, by the code of the pause."""


@dataclass(frozen=True)
class HeldLine:
    """One reason for which messages are held."""

    count: int
    why: str
    codes: str


def held_lines(status: IntakeStatus) -> list[HeldLine]:
    """Each reason with its count, the most frequent first."""
    by_words: dict[str, list[str]] = {}
    for code in status.held:
        by_words.setdefault(held_words(code), []).append(code)
    lines = [
        HeldLine(sum(status.held[code] for code in codes), why, ", ".join(sorted(codes)))
        for why, codes in by_words.items()
    ]
    return sorted(lines, key=lambda line: (-line.count, line.codes))


def held_words(code: str) -> str:
    """Why, in words; a last attempt says that it was tried long enough."""
    return HELD_WORDS.get(code, TRIED)


def refused_words(code: str) -> str:
    """Why one was not taken, in words."""
    return REFUSED_WORDS.get(code, NOT_USED)


def red_lines(status: IntakeStatus) -> list[str]:
    """What about intake cannot wait, as sentences."""
    said: list[str] = []
    held = sum(status.held.values())
    if held:
        subject = "1 message from IntakeQ is" if held == 1 else f"{held} messages from IntakeQ are"
        said.append(f"{subject} held for review.")
    if status.is_late:
        said.append(f"A message from IntakeQ has waited for {_span(status.oldest_s)}.")
    return said


def pause_words(status: IntakeStatus) -> str:
    """Why no call is made now; empty when calls are not paused."""
    return PAUSE_WORDS.get(status.pause_code, "")


def _span(seconds: int) -> str:
    hours = seconds // 3600
    if hours < 48:
        return f"{hours} hours" if hours > 1 else "more than an hour"
    return f"{hours // 24} days"
