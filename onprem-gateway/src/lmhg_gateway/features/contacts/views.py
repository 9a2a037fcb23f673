"""Contact attempts as pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from lmhg_gateway.features.contacts.models import ContactAttempt
from lmhg_gateway.features.contacts.rules import ANSWERED, Channel, Result
from lmhg_kit.ui.formats import phone, short_day

_WORDS: Mapping[tuple[Channel, Result], str] = {
    (Channel.PHONE, Result.REACHED): "Spoke by phone",
    (Channel.PHONE, Result.RANG_BACK): "They called us",
    (Channel.TEXT, Result.SENT): "Sent a text",
    (Channel.TEXT, Result.REACHED): "They texted back",
    (Channel.TEXT, Result.WRONG_NUMBER): "Text went to a wrong number",
    (Channel.EMAIL, Result.SENT): "Sent an email",
    (Channel.EMAIL, Result.REACHED): "They answered by email",
    (Channel.EMAIL, Result.CAME_BACK): "Email came back",
    (Channel.LETTER, Result.SENT): "Sent a letter",
    (Channel.LETTER, Result.CAME_BACK): "Letter came back",
    (Channel.IN_PERSON, Result.REACHED): "Spoke in person",
}
_ELSE: Mapping[Result, str] = {
    Result.LEFT_VOICEMAIL: "Left a voicemail",
    Result.NO_ANSWER: "No answer",
    Result.WRONG_NUMBER: "Wrong number",
    Result.TOLD_REFERRER: "Told the referrer",
}


class AttemptRow(msgspec.Struct, frozen=True):
    """One try, as a page lists it."""

    id: uuid.UUID
    title: str
    tone: str
    at: datetime
    text: str
    is_undone: bool


def result_words(channel: str, result: str) -> str:
    """What was done and what came of it: "Left a voicemail", "Sent a letter"."""
    return _WORDS.get((Channel(channel), Result(result))) or _ELSE[Result(result)]


def attempt_rows(attempts: Sequence[ContactAttempt], names: Mapping[str, str]) -> list[AttemptRow]:
    """Tries with who noted them, in the order given."""
    return [
        AttemptRow(
            id=each.id,
            title=result_words(each.channel, each.result),
            tone=_tone(each),
            at=each.tried_at,
            text=" · ".join(filter(None, _parts(each, names))),
            is_undone=each.undone_at is not None,
        )
        for each in attempts
    ]


def _tone(attempt: ContactAttempt) -> str:
    if attempt.undone_at is not None:
        return ""
    if Result(attempt.result) in ANSWERED:
        return "ok"
    return "bad" if attempt.result == Result.WRONG_NUMBER else "warn"


def _parts(attempt: ContactAttempt, names: Mapping[str, str]) -> list[str]:
    is_call = attempt.channel in (Channel.PHONE, Channel.TEXT)
    return [
        "Taken back" if attempt.undone_at else "",
        (phone(attempt.used) if is_call else attempt.used) if attempt.used else "",
        _again(attempt.again_on),
        attempt.note or "",
        names.get(attempt.tried_by, ""),
    ]


def _again(day: date | None) -> str:
    return f"Again {short_day(day)}" if day else ""
