"""Use cases of the rota: turns by dates, who is told today, and the next weeks with their gaps."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from lmhg_contracts.roles import ADMIN, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.risk_answers import repository
from lmhg_gateway.features.risk_answers.forms import TurnForm
from lmhg_gateway.features.risk_answers.models import OnCallTurn
from lmhg_gateway.features.risk_answers.rota_rules import (
    ROTA_DAYS,
    Stretch,
    Turn,
    order_of,
    problems,
    stretches,
)
from lmhg_gateway.features.staff.public import addresses_of, colleagues_with
from lmhg_gateway.web.away import AwayPeople, AwaySpan
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "on_call_turn"


async def who_may(tx: ReadSession) -> dict[str, str]:
    """Account id to name, of those who can be on call."""
    found: dict[str, str] = {}
    for role in (CLINICIAN, FRONT_DESK, ADMIN):
        found |= await colleagues_with(tx, role)
    return dict(sorted(found.items(), key=lambda each: each[1]))


async def away_between(
    tx: ReadSession, points: Sequence[AwayPeople], first: date, last: date
) -> list[AwaySpan]:
    """Who is away in these days, by every feature that knows of it."""
    return [span for point in points for span in await point.spans(tx, first, last)]


async def told_on(
    tx: ReadSession, day: date, points: Sequence[AwayPeople]
) -> tuple[list[uuid.UUID], list[str]]:
    """Who is told of a risk answer on a day, in order, and their addresses.

    Where no one is on call it is every clinician. Who is away is told only where no one else is left.
    """
    turn, listed = await repository.turn_on(tx, day), await repository.on_call(tx)
    spans = await away_between(tx, points, day, day)
    away = frozenset(span.person_id for span in spans)
    people = order_of(turn, listed, away)
    addresses = await addresses_of(tx, people)
    if not addresses or set(people) <= away:
        everyone = [uuid.UUID(each) for each in await colleagues_with(tx, CLINICIAN)]
        here = [each for each in everyone if each not in away]
        people = here or (people if addresses else everyone)
        addresses = sorted(await addresses_of(tx, people))
    return people, addresses


async def next_weeks(
    tx: ReadSession, today: date, points: Sequence[AwayPeople]
) -> tuple[list[Stretch], Sequence[OnCallTurn]]:
    """Four weeks from today, and the turns in them."""
    until = today + timedelta(days=ROTA_DAYS - 1)
    turns = await repository.turns_between(tx, today, until)
    spans = await away_between(tx, points, today, until)

    def is_away(person_id: uuid.UUID, day: date) -> bool:
        return any(span.person_id == person_id and span.is_on(day) for span in spans)

    plain = [msgspec.convert(each, Turn, from_attributes=True) for each in turns]
    return stretches(plain, first=today, days=ROTA_DAYS, is_away=is_away), turns


async def add_turn(tx: WriteSession, form: TurnForm, *, by: str, today: date) -> OnCallTurn:
    """Put someone on call for some days. Raises: Invalid."""
    wrong: dict[str, str] = {}
    if str(form.person_id) not in await who_may(tx):
        wrong["person_id"] = "Choose one from the list."
    if form.last_on < today:
        wrong["last_on"] = "These days are over."
    others = await repository.turns_between(tx, form.first_on, form.last_on)
    plain = [msgspec.convert(each, Turn, from_attributes=True) for each in others]
    wrong = problems(form.first_on, form.last_on, plain) | wrong
    if wrong:
        raise Invalid("on_call_turn", fields=wrong)
    made = OnCallTurn(
        first_on=form.first_on, last_on=form.last_on, person_id=form.person_id, set_by=by
    )
    await repository.add_turn(tx, made)
    await tx.audit("insert", kind=KIND, ids=[made.id])
    return made


async def remove_turn(tx: WriteSession, turn_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Take someone off call. Raises: NotFound."""
    found = await _held(tx, turn_id)
    if found.removed_at is None:
        found.removed_at, found.removed_by = at, by
        await tx.flush()
        await tx.audit("update", kind=KIND, ids=[turn_id], columns=["removed_at"])


async def restore_turn(tx: WriteSession, turn_id: uuid.UUID) -> None:
    """Put them back. Raises: NotFound, Conflict where someone else has these days now."""
    found = await _held(tx, turn_id)
    if found.removed_at is None:
        return
    if await repository.turns_between(tx, found.first_on, found.last_on):
        raise Conflict("on_call_taken")
    found.removed_at = found.removed_by = None
    await tx.flush()
    await tx.audit("update", kind=KIND, ids=[turn_id], columns=["removed_at"])


async def _held(tx: WriteSession, turn_id: uuid.UUID) -> OnCallTurn:
    found = await repository.locked_turn(tx, turn_id)
    if found is None:
        raise NotFound("on_call_turn")
    return found
