"""Risk answers for programs."""

import uuid
from datetime import datetime
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.risk_answers import repository, service
from lmhg_gateway.features.risk_answers.forms import OutcomeForm, RuleForm
from lmhg_gateway.features.risk_answers.models import RiskAnswer, RiskRule
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/risk-answers"
ONE = f"{PATH}/{{answer_id:uuid}}"


class FoundOut(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that a rule names."""

    rule: str
    question: str
    answer: str


class RiskOut(msgspec.Struct, frozen=True, kw_only=True):
    """One form with answers that must be seen; `told` is how many people were told so far."""

    id: uuid.UUID
    client_id: uuid.UUID
    found_at: datetime
    told: int
    read_by: str | None
    read_at: datetime | None
    closed_at: datetime | None
    found: list[FoundOut]


class RisksOut(msgspec.Struct, frozen=True, kw_only=True):
    """The newest two hundred, newest first."""

    risk_answers: list[RiskOut]


class RuleOut(msgspec.Struct, frozen=True, kw_only=True):
    """One answer that is looked for."""

    id: uuid.UUID
    name: str
    question_id: str
    row: str
    at_least: int | None
    says: str
    minutes: int


class RulesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Every rule, by name."""

    rules: list[RuleOut]


def _out(each: RiskAnswer) -> RiskOut:
    return RiskOut(
        id=each.id,
        client_id=each.client_id,
        found_at=each.found_at,
        told=each.told,
        read_by=each.read_by,
        read_at=each.read_at,
        closed_at=each.closed_at,
        found=[
            FoundOut(rule=hit.rule, question=hit.question, answer=hit.answer)
            for hit in service.hits_of(each)
        ],
    )


def _rule(each: RiskRule) -> RuleOut:
    return msgspec.convert(each, RuleOut, from_attributes=True)


@answers(PATH, "risk.read", purpose="risk.list", tag="risk answers")
async def list_risk_answers(tx: ReadSession, _ask: Ask[Any]) -> RisksOut:
    """Forms with answers that must be seen at once."""
    return RisksOut(risk_answers=[_out(each) for each in await repository.listed(tx)])


@answers(ONE, "risk.read", purpose="risk.view", tag="risk answers")
async def get_risk_answer(
    tx: ReadSession, _ask: Ask[Any], answer_id: FromPath[uuid.UUID]
) -> RiskOut:
    """One of them."""
    found = await repository.by_id(tx, answer_id)
    if found is None:
        raise NotFound("risk_answer")
    return _out(found)


@does(f"{ONE}/read", "risk.write", purpose="risk.read", tag="risk answers")
async def mark_risk_answer(
    tx: WriteSession, ask: Ask[Any], answer_id: FromPath[uuid.UUID]
) -> RiskOut:
    """Say that one has read it; no one else is told."""
    return _out(await service.read(tx, answer_id, by=ask.by, at=ask.at))


@does(f"{ONE}/close", "risk.write", purpose="risk.close", tag="risk answers")
async def end_risk_answer(
    tx: WriteSession, ask: Ask[Any], answer_id: FromPath[uuid.UUID], data: JSONBody[OutcomeForm]
) -> RiskOut:
    """Say what was done, which ends it."""
    return _out(await service.close(tx, answer_id, data.outcome, by=ask.by, at=ask.at))


@answers(f"{PATH}/rules", "risk_rules.write", purpose="risk.rules", tag="risk answers")
async def list_risk_rules(tx: ReadSession, _ask: Ask[Any]) -> RulesOut:
    """The answers that are looked for."""
    return RulesOut(rules=[_rule(each) for each in await repository.rules(tx)])


@does(f"{PATH}/rules", "risk_rules.write", purpose="risk.rules", tag="risk answers", status=201)
async def new_risk_rule(tx: WriteSession, _ask: Ask[Any], data: JSONBody[RuleForm]) -> RuleOut:
    """Look for one more answer, in forms that come from now on."""
    return _rule(await service.add_rule(tx, data))


HANDLERS = (
    list_risk_answers,
    get_risk_answer,
    mark_risk_answer,
    end_risk_answer,
    list_risk_rules,
    new_risk_rule,
)
