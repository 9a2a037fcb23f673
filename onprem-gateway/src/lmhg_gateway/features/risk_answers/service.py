"""Use cases of risk answers: found in a form, told, read and followed up."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from lmhg_gateway.features.risk_answers import repository
from lmhg_gateway.features.risk_answers.forms import RuleForm
from lmhg_gateway.features.risk_answers.models import RiskAnswer, RiskRule
from lmhg_gateway.features.risk_answers.rules import Hit, Rule, check_rule, find_hits, next_of
from lmhg_gateway.features.work_list.public import put_work
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

KIND = "risk_answer"
TOLD_MAX = 32_000
AGAIN_AFTER = timedelta(seconds=30)
"""When the next one is told if a mail could not be sent."""


async def look_for_risk(
    tx: WriteSession,
    answers: str | None,
    *,
    client_id: uuid.UUID,
    intake_id: uuid.UUID,
    practice: Practice,
) -> bool:
    """Hold a form's answers against the rules; whether someone has to see them at once.

    A form that comes again with the same answers raises nothing new.
    """
    hits = await _hits(tx, answers)
    if not hits:
        return False
    said = msgspec.json.encode(hits).decode()
    before = await repository.newest_of(tx, intake_id)
    if before is not None and before.said == said:
        return False
    now = practice.clock()
    found = RiskAnswer(
        client_id=client_id,
        intake_id=intake_id,
        found_at=now,
        minutes=min(each.minutes for each in hits),
        tell_at=now,
    )
    found.said = said
    await repository.add(tx, found)
    await plan(tx, found)
    return True


async def holds_risk(tx: ReadSession, answers: str | None) -> bool:
    """Whether a form has an answer that someone has to see at once."""
    return bool(await _hits(tx, answers))


async def _hits(tx: ReadSession, answers: str | None) -> list[Hit]:
    rules = [
        msgspec.convert(each, Rule, from_attributes=True) for each in await repository.rules(tx)
    ]
    return find_hits(rules, _parsed(answers)) if rules else []


def _parsed(answers: str | None) -> object:
    try:
        return msgspec.json.decode(answers or "{}")
    except msgspec.DecodeError:
        return {}


def hits_of(answer: RiskAnswer) -> list[Hit]:
    """What the answers say."""
    return msgspec.json.decode(answer.said or "[]", type=list[Hit])


async def plan(tx: WriteSession, answer: RiskAnswer) -> None:
    """Put it at the top of the work list, until it is followed up."""
    found = next_of(
        answer.found_at,
        minutes=answer.minutes,
        read_at=answer.read_at,
        closed_at=answer.closed_at,
    )
    await put_work(tx, KIND, answer.id, found, client_id=answer.client_id, owner_id=None)


async def plan_one(tx: WriteSession, answer_id: uuid.UUID, _practice: Practice) -> None:
    """The same for one that is named."""
    answer = await repository.locked(tx, answer_id)
    if answer is not None:
        await plan(tx, answer)


async def unplanned(tx: ReadSession, limit: int) -> Sequence[uuid.UUID]:
    """Open ones that are missing from the work list."""
    return await repository.not_on(tx, KIND, limit=limit)


async def read(tx: WriteSession, answer_id: uuid.UUID, *, by: str, at: datetime) -> RiskAnswer:
    """Say that one has read it: no one else is told. The first one counts. Raises: NotFound."""
    answer = await _held(tx, answer_id)
    if answer.read_at is None:
        answer.read_by, answer.read_at, answer.tell_at = by, at, None
        await tx.flush()
        await plan(tx, answer)
    return answer


async def close(
    tx: WriteSession, answer_id: uuid.UUID, outcome: str, *, by: str, at: datetime
) -> RiskAnswer:
    """Say what was done, which ends it. Raises: NotFound, Conflict."""
    answer = await _held(tx, answer_id)
    if answer.closed_at is not None:
        raise Conflict("risk_closed")
    if answer.read_at is None:
        answer.read_by, answer.read_at, answer.tell_at = by, at, None
    answer.closed_by, answer.closed_at, answer.outcome = by, at, outcome
    await tx.flush()
    await plan(tx, answer)
    return answer


async def _held(tx: WriteSession, answer_id: uuid.UUID) -> RiskAnswer:
    answer = await repository.locked(tx, answer_id)
    if answer is None:
        raise NotFound("risk_answer")
    return answer


async def add_rule(tx: WriteSession, form: RuleForm) -> RiskRule:
    """Look for one more answer, in forms that come from now on. Raises: Invalid."""
    check_rule(form.at_least, form.says)
    if len(await repository.rules(tx)) >= repository.RULES_MAX:
        raise Invalid("risk_rule", fields={"name": "There are too many rules. Remove one first."})
    made = RiskRule(id=new_id(), **msgspec.structs.asdict(form))
    await repository.add(tx, made)
    await tx.audit("insert", kind="risk_rule", ids=[made.id])
    return made


async def drop_rule(tx: WriteSession, rule_id: uuid.UUID) -> None:
    """Look for it no longer."""
    await repository.drop_rule(tx, rule_id)
    await tx.audit("delete", kind="risk_rule", ids=[rule_id])


async def put_on_call(tx: WriteSession, people: Sequence[uuid.UUID]) -> None:
    """Tell these people of risk answers, in this order."""
    await repository.put_on_call(tx, list(dict.fromkeys(people)))
    await tx.audit("update", kind="on_call", ids=people)


def told_next(answer: RiskAnswer, addresses: Sequence[str], *, at: datetime) -> list[str]:
    """Who is told now of one that no one has read: each in turn, and the first again after the last."""
    answer.tell_at = at + timedelta(minutes=answer.minutes)
    if not addresses:
        return []
    one = addresses[answer.told % len(addresses)]
    answer.told = min(answer.told + 1, TOLD_MAX)
    return [one]
