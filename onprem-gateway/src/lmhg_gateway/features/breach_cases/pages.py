"""Pages of breach cases: the list, opening one on an incident, and one case with its clock."""

import uuid
from typing import Any

import msgspec

from lmhg_gateway.features.breach_cases import repository, rules, service, views
from lmhg_gateway.features.breach_cases.forms import AssessForm, DecideForm, OpenForm, ToldForm
from lmhg_gateway.features.breach_cases.morning_page import PATH
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.clock import new_id
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import start
from lmhg_kit.persistence import ReadSession, WriteSession

OPEN = "/compliance/incidents/{incident_id:uuid}/breach"
ONE = f"{PATH}/{{case_id:uuid}}"
READ, WRITE, CONFIRM = "breaches.read", "breaches.write", "breaches.confirm"
_LEVELS = [("", "Choose one"), *((each.value, said) for each, said in rules.LEVELS.items())]


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a case's page has fields for, in all its forms together."""

    discovered_on: str = ""
    people: str = ""
    nature: str = ""
    nature_level: str = ""
    recipient: str = ""
    recipient_level: str = ""
    viewed: str = ""
    viewed_level: str = ""
    mitigated: str = ""
    mitigated_level: str = ""
    decision: str = ""
    why: str = ""
    who: str = ""
    told_on: str = ""
    how: str = ""


@shows(PATH, READ, template="breach_cases/list.html", purpose="breaches.list")
async def breach_list(tx: ReadSession, ask: Ask[Any]) -> Context:
    """Every case: what is due first on top, those that are over below."""
    today, names = ask.practice.today(), await staff_names(tx)
    found = await service.stands(tx)
    return {"rows": [views.row(case, each, names, today=today) for case, each in found]}


@shows(OPEN, WRITE, template="breach_cases/open.html", purpose="breach.open", form=OpenForm)
async def open_page(tx: ReadSession, ask: Ask[OpenForm], incident_id: uuid.UUID) -> Context:
    """The form that opens a case on an incident, or the way to the one there is."""
    found = await repository.of_incident(tx, incident_id)
    today = ask.practice.today()
    values = ask.form.values
    values["discovered_on"] = values.get("discovered_on") or today.isoformat()
    return {"case_id": found.id if found else "", "incident_id": incident_id, "today": today}


@acts(OPEN, WRITE, purpose="breach.open", form=OpenForm, back=open_page)
async def open_breach(
    tx: WriteSession, ask: Ask[OpenForm], data: OpenForm, incident_id: uuid.UUID
) -> Done:
    """Open the case."""
    made = await service.open_case(tx, incident_id, data, by=ask.by)
    return Done(f"{PATH}/{made.id}", "breach.opened")


@shows(ONE, READ, template="breach_cases/case.html", purpose="breach.view", form=OnPage)
async def breach_page(tx: ReadSession, ask: Ask[OnPage], case_id: uuid.UUID) -> Context:
    """One case: the clock, the four factors, the decision, and who was told."""
    case, today, form = await service.view(tx, case_id), ask.practice.today(), ask.form
    told = await repository.notices(tx, [case_id])
    names = await staff_names(tx)
    facts = service.facts_of(case, told)
    if not any(form.values.values()):
        known = {name: getattr(case, name) or "" for name in AssessForm.__struct_fields__}
        days = {"discovered_on": case.discovered_on.isoformat(), "told_on": today.isoformat()}
        form = start(OnPage, {**known, **days, "people": case.people or ""})
    row = views.row(case, rules.stand(facts), names, today=today)
    due = rules.duties(case.discovered_on, people=case.people, told=facts.told)
    return {
        "key": new_id(),
        "form": form,
        "row": row,
        "clock": rules.due_on(case.discovered_on),
        "factors": views.factor_rows(case),
        "duties": views.duty_rows(due, today=today) if row.is_breach else [],
        "notices": views.notice_rows(told, names),
        "asked": list(rules.FACTORS.items()),
        "levels": _LEVELS,
        "decisions": [
            ("", "Choose one"),
            *((d.value, said) for d, said in rules.DECISIONS.items()),
        ],
        "who": [(each.value, said) for each, said in rules.WHO.items()],
        "may_write": ask.may(WRITE),
        "may_confirm": ask.may(CONFIRM) and row.is_low and not row.confirmed,
        "is_own": row.decided_by_id == ask.by,
        "today": today,
    }


@acts(f"{ONE}/discovered", WRITE, purpose="breach.change", form=OpenForm, back=breach_page)
async def change_discovered(
    tx: WriteSession, ask: Ask[OpenForm], data: OpenForm, case_id: uuid.UUID
) -> Done:
    """Say when it was really discovered."""
    await service.set_discovered(tx, case_id, data, by=ask.by)
    return Done(f"{PATH}/{case_id}", "breach.changed")


@acts(f"{ONE}/assess", WRITE, purpose="breach.assess", form=AssessForm, back=breach_page)
async def assess_breach(
    tx: WriteSession, ask: Ask[AssessForm], data: AssessForm, case_id: uuid.UUID
) -> Done:
    """Say what the four factors are."""
    await service.assess(tx, case_id, data, by=ask.by, at=ask.at)
    return Done(f"{PATH}/{case_id}", "breach.assessed")


@acts(f"{ONE}/decide", WRITE, purpose="breach.decide", form=DecideForm, back=breach_page)
async def decide_breach(
    tx: WriteSession, ask: Ask[DecideForm], data: DecideForm, case_id: uuid.UUID
) -> Done:
    """Say what the case comes to."""
    await service.decide(tx, case_id, data, by=ask.by, at=ask.at)
    is_low = data.decision is rules.Decision.LOW
    return Done(f"{PATH}/{case_id}", "breach.low" if is_low else "breach.decided")


@acts(f"{ONE}/confirm", CONFIRM, purpose="breach.confirm", back=breach_page, fresh=True)
async def confirm_breach(tx: WriteSession, ask: Ask[Any], case_id: uuid.UUID) -> Done:
    """Agree as a second person that the probability is low."""
    await service.confirm(tx, case_id, by=ask.by, at=ask.at)
    return Done(f"{PATH}/{case_id}", "breach.confirmed")


@acts(f"{ONE}/told", WRITE, purpose="breach.tell", form=ToldForm, back=breach_page)
async def record_notice(
    tx: WriteSession, ask: Ask[ToldForm], data: ToldForm, case_id: uuid.UUID
) -> Done:
    """Note who was told."""
    made = await service.tell(tx, case_id, data, by=ask.by)
    own = f"{PATH}/{case_id}"
    return Done(own, "breach.told", undo=f"{own}/told/{made.id}/undo")


@acts(f"{ONE}/told/{{notice_id:uuid}}/undo", WRITE, purpose="breach.tell", back=breach_page)
async def undo_told(
    tx: WriteSession, ask: Ask[Any], case_id: uuid.UUID, notice_id: uuid.UUID
) -> Done:
    """Say that they were not told after all."""
    await service.take_back(tx, case_id, notice_id, by=ask.by, at=ask.at)
    return Done(f"{PATH}/{case_id}", "breach.untold")


PAGES = (
    breach_list,
    open_page,
    open_breach,
    breach_page,
    change_discovered,
    assess_breach,
    decide_breach,
    confirm_breach,
    record_notice,
    undo_told,
)
