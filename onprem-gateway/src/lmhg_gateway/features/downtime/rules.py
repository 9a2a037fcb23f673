"""What a packet is due, who is asked after an outage, and how a printed key is written. Pure."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

EVERY = timedelta(hours=1)
LATE = timedelta(hours=2)
"""A packet that old is late; where the next one came later than this, the system was down."""
KEPT = timedelta(days=7)
DAYS = 2
"""Today and the next day: an outage in the evening leaves the morning covered."""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's letters: none looks like a digit."""
CODE_CHARS, GROUP = 24, 4
"""120 random bits, in groups that a person can read out."""


class Why(StrEnum):
    """Why someone opened a packet, or that nobody did."""

    DOWN = "down"
    DRILL = "drill"
    OTHER = "other"
    UNOPENED = "unopened"


WHY_WORDS: Mapping[Why, str] = {
    Why.DOWN: "The system was down",
    Why.DRILL: "We practiced it",
    Why.OTHER: "Another reason",
}
"""What someone who opened a packet may answer."""


class Outage(NamedTuple):
    """A time in which no packet was made: from the last one before it to the first one after."""

    begins: datetime
    ends: datetime


def new_code() -> str:
    """A key that nobody had before, in its groups."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARS))
    return "-".join(text[at : at + GROUP] for at in range(0, CODE_CHARS, GROUP))


def plain_code(typed: str) -> str:
    """A key as it seals, however it was typed; an O is a zero, an I or an L is a one."""
    swaps = str.maketrans({"O": "0", "I": "1", "L": "1"})
    return "".join(each for each in typed.upper().translate(swaps) if each in ALPHABET)


def outages(made: Sequence[datetime]) -> list[Outage]:
    """Where packets are missing between those that were made, the newest first."""
    times = sorted(made)
    return [Outage(one, other) for one, other in pairwise(times) if other - one > LATE][::-1]
