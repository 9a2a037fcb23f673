"""Use cases of breach cases: opened on an incident, assessed, decided, agreed to; and who was told.

Each step is said in the incident's history too, which no one changes afterwards.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from lmhg_gateway.features.breach_cases import repository
from lmhg_gateway.features.breach_cases.forms import AssessForm, DecideForm, OpenForm, ToldForm
from lmhg_gateway.features.breach_cases.models import BreachCase, BreachNotice
from lmhg_gateway.features.breach_cases.rules import (
    DECISIONS,
    FACTORS,
    WHO,
    Decision,
    Facts,
    Stand,
    Who,
    stand,
)
from lmhg_gateway.features.incidents.public import comment
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND, NOTICE = "breach_case", "breach_notice"


def facts_of(case: BreachCase, told: Iterable[BreachNotice]) -> Facts:
    """A case as the rules see it."""
    return Facts(
        discovered_on=case.discovered_on,
        people=case.people,
        is_assessed=case.assessed_at is not None,
        decision=Decision(case.decision) if case.decision else None,
        is_confirmed=case.confirmed_at is not None,
        told=frozenset(Who(each.who) for each in told if each.case_id == case.id),
    )


async def stands(tx: ReadSession) -> Sequence[tuple[BreachCase, Stand]]:
    """Every case with how it is: those not over first, what is due first on top."""
    cases = await repository.cases(tx)
    told = await repository.notices(tx, [each.id for each in cases])
    found = [(each, stand(facts_of(each, told))) for each in cases]
    return sorted(
        found, key=lambda each: (each[1].is_over, each[1].due_on or each[0].discovered_on)
    )


async def open_case(
    tx: WriteSession, incident_id: uuid.UUID, form: OpenForm, *, by: str
) -> BreachCase:
    """Open a case on an incident; where there is one already that one counts. Raises: NotFound."""
    await comment(tx, incident_id, said="A breach case is open.", by=by)
    found = await repository.of_incident(tx, incident_id)
    if found is not None:
        raise Conflict("breach_open")
    made = BreachCase(
        incident_id=incident_id,
        discovered_on=form.discovered_on,
        people=form.people,
        opened_by=by,
    )
    await repository.add(tx, made)
    await tx.audit("insert", kind=KIND, ids=[made.id])
    return made


async def set_discovered(tx: WriteSession, case_id: uuid.UUID, form: OpenForm, *, by: str) -> None:
    """Say when it was really discovered, and how many people it is about. Raises: NotFound.

    A decision that was there is asked for again: it was made about other facts.
    """
    case = await held(tx, case_id)
    before = (case.discovered_on, case.people)
    case.discovered_on, case.people = form.discovered_on, form.people or case.people
    if (case.discovered_on, case.people) != before:
        _undecide(case)
    await _said(tx, case, "The day on which the breach was discovered was changed.", by=by)
    await tx.audit("update", kind=KIND, ids=[case_id], columns=["discovered_on", "people"])


async def assess(
    tx: WriteSession, case_id: uuid.UUID, form: AssessForm, *, by: str, at: datetime
) -> None:
    """Say what the four factors are. A decision that was there is asked for again. Raises: NotFound."""
    case = await held(tx, case_id)
    for name in FACTORS:
        setattr(case, name, getattr(form, name))
        setattr(case, f"{name}_level", getattr(form, f"{name}_level").value)
    case.assessed_by, case.assessed_at = by, at
    _undecide(case)
    await _said(tx, case, "The four factors were assessed.", by=by)
    await tx.audit("update", kind=KIND, ids=[case_id], columns=["assessed_at"])


async def decide(
    tx: WriteSession, case_id: uuid.UUID, form: DecideForm, *, by: str, at: datetime
) -> None:
    """Say what the case comes to. Raises: NotFound, Conflict where it is not assessed."""
    case = await held(tx, case_id)
    if case.assessed_at is None:
        raise Conflict("breach_not_assessed")
    _undecide(case)
    await tx.flush()
    case.decision, case.why = form.decision.value, form.why
    case.decided_by, case.decided_at = by, at
    case.people = form.people or case.people
    await _said(tx, case, f"{DECISIONS[form.decision]}.", by=by)
    await tx.audit("update", kind=KIND, ids=[case_id], columns=["decision"])


async def confirm(tx: WriteSession, case_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Agree, as a second person, that the probability is low. Raises: NotFound, Conflict."""
    case = await held(tx, case_id)
    if case.decision != Decision.LOW or case.confirmed_at is not None:
        raise Conflict("breach_not_to_confirm")
    if case.decided_by == by:
        raise Conflict("breach_second_person")
    case.confirmed_by, case.confirmed_at = by, at
    await _said(tx, case, "A second person agreed that the probability is low.", by=by)
    await tx.audit("update", kind=KIND, ids=[case_id], columns=["confirmed_at"])


async def tell(tx: WriteSession, case_id: uuid.UUID, form: ToldForm, *, by: str) -> BreachNotice:
    """Note who was told. Raises: NotFound, Conflict where it is no breach."""
    case = await held(tx, case_id)
    if case.decision != Decision.BREACH:
        raise Conflict("breach_not_decided")
    before = await repository.locked_notice(tx, form.key) if form.key else None
    if before is not None:
        return before
    made = BreachNotice(
        id=form.key or new_id(),
        case_id=case_id,
        who=form.who.value,
        told_on=form.told_on,
        noted_by=by,
    )
    made.how = form.how or None
    await repository.add(tx, made)
    await _said(tx, case, f"Told: {WHO[form.who]}.", by=by)
    await tx.audit("insert", kind=NOTICE, ids=[made.id])
    return made


async def take_back(
    tx: WriteSession, case_id: uuid.UUID, notice_id: uuid.UUID, *, by: str, at: datetime
) -> None:
    """Say that they were not told after all. Raises: NotFound."""
    case, found = await held(tx, case_id), await repository.locked_notice(tx, notice_id)
    if found is None or found.case_id != case_id:
        raise NotFound("breach_notice")
    if found.undone_at is None:
        found.undone_at, found.undone_by = at, by
        await _said(tx, case, f"Not told after all: {WHO[Who(found.who)]}.", by=by)
        await tx.audit("update", kind=NOTICE, ids=[notice_id], columns=["undone_at"])


def _undecide(case: BreachCase) -> None:
    case.decision = case.why = None
    case.decided_by = case.decided_at = case.confirmed_by = case.confirmed_at = None


async def _said(tx: WriteSession, case: BreachCase, said: str, *, by: str) -> None:
    await tx.flush()
    await comment(tx, case.incident_id, said=said, by=by)


async def view(tx: ReadSession, case_id: uuid.UUID) -> BreachCase:
    """One case. Raises: NotFound."""
    found = await repository.by_id(tx, case_id)
    if found is None:
        raise NotFound("breach_case")
    return found


async def held(tx: WriteSession, case_id: uuid.UUID) -> BreachCase:
    """One case, held until this unit of work ends. Raises: NotFound."""
    found = await repository.locked(tx, case_id)
    if found is None:
        raise NotFound("breach_case")
    return found
