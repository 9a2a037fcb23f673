"""Who is told first on a day, and what a rota of some weeks has gaps in. Pure."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import msgspec

ROTA_DAYS = 28
"""What the rota's page shows: four weeks."""
TURN_DAYS_MAX = 92
"""No turn is longer: one of a year is a typing error."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """From which day until which day someone is on call."""

    first_on: date
    last_on: date
    person_id: uuid.UUID


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Days in a row with the same person on call, or with no one."""

    first_on: date
    last_on: date
    person_id: uuid.UUID | None
    is_away: bool = False
    """Whether the person is away on these days, so that the next one is told first."""


def order_of(
    turn: uuid.UUID | None, listed: Sequence[uuid.UUID], away: frozenset[uuid.UUID]
) -> list[uuid.UUID]:
    """Who is told in which order: today's turn, then the list; who is away only where no one else is left."""
    named = [turn, *listed] if turn else [*listed]
    everyone = list(dict.fromkeys(named))
    return [each for each in everyone if each not in away] or everyone


def problems(first_on: date, last_on: date, others: Iterable[Turn]) -> dict[str, str]:
    """What keeps a turn from being saved, by field."""
    if last_on < first_on:
        return {"last_on": "The last day is before the first one."}
    if (last_on - first_on).days >= TURN_DAYS_MAX:
        return {"last_on": "A turn is three months at most."}
    if any(each.first_on <= last_on and first_on <= each.last_on for each in others):
        return {"first_on": "Someone has a turn on some of these days. Remove it first."}
    return {}


def stretches(
    turns: Sequence[Turn],
    *,
    first: date,
    days: int,
    is_away: Callable[[uuid.UUID, date], bool],
) -> list[Stretch]:
    """The days of a rota in order, those in a row with the same answer as one; a new week begins a new one."""
    found: list[Stretch] = []
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        person = next((t.person_id for t in turns if t.first_on <= day <= t.last_on), None)
        gone = person is not None and is_away(person, day)
        last = found[-1] if found and ahead % 7 else None
        if last and (last.person_id, last.is_away) == (person, gone):
            found[-1] = msgspec.structs.replace(last, last_on=day)
        else:
            found.append(Stretch(first_on=day, last_on=day, person_id=person, is_away=gone))
    return found
