"""Breach cases for programs: listed and read with who has to be told by when. Deciding asks for a person."""

import uuid
from datetime import date
from typing import Any

import msgspec
from litestar.params import FromPath

from lmhg_gateway.features.breach_cases import repository, rules, service
from lmhg_gateway.features.breach_cases.models import BreachCase
from lmhg_gateway.features.breach_cases.pages import READ
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.persistence import ReadSession

PATH, TAG = "/api/v1/breach-cases", "breach cases"


class BreachOut(msgspec.Struct, frozen=True, kw_only=True):
    """One breach case: what comes next, by which day, and whether it is late."""

    id: uuid.UUID
    incident_id: uuid.UUID
    discovered_on: date
    people: int | None
    decision: str | None
    is_confirmed: bool
    next_step: str
    due_on: date | None
    is_late: bool


class BreachesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Every case, what is due first on top."""

    breach_cases: list[BreachOut]


class DutyOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who has to be told by when."""

    who: str
    due_on: date
    is_done: bool


class BreachDetailOut(msgspec.Struct, frozen=True, kw_only=True):
    """One case with who has to be told."""

    breach_case: BreachOut
    duties: list[DutyOut]


def _out(case: BreachCase, found: rules.Stand, today: date) -> BreachOut:
    return BreachOut(
        id=case.id,
        incident_id=case.incident_id,
        discovered_on=case.discovered_on,
        people=case.people,
        decision=case.decision,
        is_confirmed=case.confirmed_at is not None,
        next_step=found.next_step,
        due_on=found.due_on,
        is_late=found.is_late(today),
    )


@answers(PATH, READ, purpose="breaches.list", tag=TAG)
async def list_breaches(tx: ReadSession, ask: Ask[Any]) -> BreachesOut:
    """The breach cases."""
    today = ask.practice.today()
    return BreachesOut(
        breach_cases=[_out(case, each, today) for case, each in await service.stands(tx)]
    )


@answers(f"{PATH}/{{case_id:uuid}}", READ, purpose="breach.view", tag=TAG)
async def read_breach(
    tx: ReadSession, ask: Ask[Any], case_id: FromPath[uuid.UUID]
) -> BreachDetailOut:
    """One breach case."""
    case = await service.view(tx, case_id)
    facts = service.facts_of(case, await repository.notices(tx, [case_id]))
    is_breach = facts.decision is rules.Decision.BREACH
    due = rules.duties(case.discovered_on, people=case.people, told=facts.told) if is_breach else []
    return BreachDetailOut(
        breach_case=_out(case, rules.stand(facts), ask.practice.today()),
        duties=[DutyOut(who=e.who.value, due_on=e.due_on, is_done=e.is_done) for e in due],
    )


HANDLERS = (list_breaches, read_breach)
