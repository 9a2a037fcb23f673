"""Pages of risk answers: the list, one of them, and the rules."""

import uuid
from typing import Any

from lmhg_gateway.features.clients.public import names_of, reach_of
from lmhg_gateway.features.risk_answers import repository, service, views
from lmhg_gateway.features.risk_answers.forms import OutcomeForm, RuleForm
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/risk-answers"
ONE = f"{PATH}/{{answer_id:uuid}}"


@shows(PATH, "risk.read", template="risk_answers/list.html", purpose="risk.list")
async def risk_answers(tx: ReadSession, _ask: Ask[Any]) -> Context:
    """Those that wait first, then the others, newest first; and how long each took to be read."""
    found, staff = await tx.together(repository.listed(tx), staff_names(tx))
    names = await names_of(tx, (each.client_id for each in found))
    rows = [views.row(each, names.get(each.client_id, views.NAMELESS), staff) for each in found]
    return {
        "waiting": [r for r in rows if not r.is_closed],
        "over": [r for r in rows if r.is_closed],
    }


@shows(ONE, "risk.read", template="risk_answers/answer.html", purpose="risk.view", form=OutcomeForm)
async def risk_answer(tx: ReadSession, _ask: Ask[OutcomeForm], answer_id: uuid.UUID) -> Context:
    """What the answers say, whom to call, and what was done."""
    found = await repository.by_id(tx, answer_id)
    if found is None:
        raise NotFound("risk_answer")
    known, staff = await tx.together(reach_of(tx, [found.client_id]), staff_names(tx))
    reach = known.get(found.client_id)
    return {
        "row": views.row(found, reach.name if reach else views.NAMELESS, staff),
        "hits": service.hits_of(found),
        "phone": (reach.mobile or reach.phone) if reach else "",
        "may_voicemail": bool(reach and reach.may_voicemail),
        "outcome": found.outcome or "",
    }


@acts(f"{ONE}/read", "risk.write", purpose="risk.read", back=risk_answer)
async def read_risk_answer(tx: WriteSession, ask: Ask[Any], answer_id: uuid.UUID) -> Done:
    """Say that one has read it and sees to it."""
    found = await service.read(tx, answer_id, by=ask.by, at=ask.at)
    said = "risk.read" if found.read_by == ask.by else "risk.read_by_other"
    return Done(f"{PATH}/{answer_id}", said)


@acts(f"{ONE}/close", "risk.write", purpose="risk.close", form=OutcomeForm, back=risk_answer)
async def close_risk_answer(
    tx: WriteSession, ask: Ask[OutcomeForm], data: OutcomeForm, answer_id: uuid.UUID
) -> Done:
    """Say what was done."""
    found = await service.close(tx, answer_id, data.outcome, by=ask.by, at=ask.at)
    return Done(f"{PATH}/{answer_id}", "risk.closed", about=found.client_id)


@shows(
    f"{PATH}/rules",
    "risk_rules.write",
    template="risk_answers/rules.html",
    purpose="risk.rules",
    form=RuleForm,
)
async def risk_rules(tx: ReadSession, ask: Ask[RuleForm]) -> Context:
    """The answers that are looked for, and a form for one more."""
    form = ask.form
    if not form.errors and not form.values.get("minutes"):
        form.values["minutes"] = "10"
    return {"form": form, "rules": await repository.rules(tx)}


@acts(f"{PATH}/rules", "risk_rules.write", purpose="risk.rules", form=RuleForm, back=risk_rules)
async def add_risk_rule(tx: WriteSession, _ask: Ask[RuleForm], data: RuleForm) -> Done:
    """Look for one more answer, in forms that come from now on."""
    await service.add_rule(tx, data)
    return Done(f"{PATH}/rules", "risk.rule_added")


@acts(
    f"{PATH}/rules/{{rule_id:uuid}}/remove",
    "risk_rules.write",
    purpose="risk.rules",
    back=risk_rules,
)
async def drop_risk_rule(tx: WriteSession, _ask: Ask[Any], rule_id: uuid.UUID) -> Done:
    """Look for it no longer."""
    await service.drop_rule(tx, rule_id)
    return Done(f"{PATH}/rules", "risk.rule_gone")
