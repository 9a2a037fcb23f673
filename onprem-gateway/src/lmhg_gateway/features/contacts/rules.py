"""How people are reached, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lmhg_kit.errors import Conflict, Invalid


class Channel(StrEnum):
    """How someone was reached."""

    PHONE = "phone"
    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"
    IN_PERSON = "in_person"


class Result(StrEnum):
    """What came of it."""

    REACHED = "reached"
    RANG_BACK = "rang_back"
    LEFT_VOICEMAIL = "left_voicemail"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    SENT = "sent"
    CAME_BACK = "came_back"
    TOLD_REFERRER = "told_referrer"


RESULTS: Mapping[Channel, tuple[Result, ...]] = {
    Channel.PHONE: (
        Result.REACHED,
        Result.LEFT_VOICEMAIL,
        Result.NO_ANSWER,
        Result.WRONG_NUMBER,
        Result.RANG_BACK,
        Result.TOLD_REFERRER,
    ),
    Channel.TEXT: (Result.SENT, Result.REACHED, Result.WRONG_NUMBER),
    Channel.EMAIL: (Result.SENT, Result.REACHED, Result.CAME_BACK, Result.TOLD_REFERRER),
    Channel.LETTER: (Result.SENT, Result.CAME_BACK, Result.TOLD_REFERRER),
    Channel.IN_PERSON: (Result.REACHED,),
}
"""What may come of each way to reach someone."""
ANSWERED = frozenset({Result.REACHED, Result.RANG_BACK})
"""The person answered, or called by themselves."""
ABOUT_OTHERS = frozenset({Result.TOLD_REFERRER})
"""No try to reach the person at all."""
AGAIN_MAX = timedelta(days=400)
UNDO_FOR = timedelta(minutes=10)
"""How long a try is taken back by the person who noted it."""
SAME_FOR = timedelta(seconds=20)
"""Within this, the same result by the same person is the same press of a button."""


@dataclass(frozen=True)
class Try:
    """One contact attempt, as rules see it."""

    at: datetime
    channel: Channel
    result: Result
    again_on: date | None = None


def check_try(channel: Channel, result: Result, again_on: date | None, *, today: date) -> None:
    """Accept a try: a result that this way can have, and a day ahead to try again. Raises: Invalid."""
    if result not in RESULTS[channel]:
        raise Invalid(
            "attempt", fields={"result": "This result does not go with this way of contact."}
        )
    check_again(again_on, today=today)


def check_again(again_on: date | None, *, today: date) -> None:
    """Accept a day on which to try again, or none. Raises: Invalid."""
    if again_on is not None and not today <= again_on <= today + AGAIN_MAX:
        raise Invalid("attempt", fields={"again_on": "Choose a day from today on, within a year."})


def check_undo(*, tried_by: str, tried_at: datetime, by: str, at: datetime) -> None:
    """Accept that someone takes back what they noted themselves, shortly after. Raises: Conflict."""
    if tried_by != by:
        raise Conflict("attempt_of_other")
    if at - tried_at > UNDO_FOR:
        raise Conflict("attempt_late")
