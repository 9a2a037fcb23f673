"""Risk answers: found in a form, on top of the list, told without content, read and followed up."""

import re
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.risk_answers.jobs import SUBJECT, TEXT, RiskNotices
from lmhg_gateway.features.risk_answers.rules import Rule, find_hits
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_quality.intake_lab import Lab, Reply, hook_of, intake, path_of, profile
from lmhg_stack.testing import PlaneDatabase

from .records import referral_of  # noqa: TID252 - beside this file

ITEM_9 = "Thoughts of being better off dead"
PHQ_9 = Rule(name="Self-harm", question_id="phq-9", row=ITEM_9, at_least=1)
RULE = {
    "name": "Self-harm",
    "question_id": "phq-9",
    "row": ITEM_9,
    "at_least": "1",
    "minutes": "10",
}


def form_with(answer: str, *, columns: tuple[str, ...] = ("0", "1", "2", "3")) -> dict[str, Any]:
    """A form with a PHQ-9 of two rows."""
    rows = [{"Text": "Little interest", "Answers": ["3"]}, {"Text": ITEM_9, "Answers": [answer]}]
    matrix = {"Id": "phq-9", "Text": "PHQ-9", "Answer": None, "Rows": rows}
    return {"Questions": [{**matrix, "QuestionType": "Matrix", "ColumnNames": list(columns)}]}


@pytest.mark.parametrize(
    ("rule", "form", "count"),
    [
        (PHQ_9, form_with("0"), 0),
        (PHQ_9, form_with("1"), 1),
        (PHQ_9, form_with("3 - Nearly every day"), 1),
        (PHQ_9, form_with("Several days", columns=("Not at all", "Several days")), 1),
        (PHQ_9, form_with("Not at all", columns=("Not at all", "Several days")), 0),
        (PHQ_9, form_with(""), 0),
        (Rule(name="r", question_id="q", says="HURT"), {"Questions": [{"Id": "q", "Text": "?", "Answer": "I hurt myself"}]}, 1),
        (Rule(name="r", question_id="q", says="hurt"), {"Questions": [{"Id": "other", "Text": "?", "Answer": "hurt"}]}, 0),
        (Rule(name="r", question_id="q", at_least=2), {"Questions": [{"Id": "q", "Text": "?", "Answer": 3}]}, 1),
    ],
)  # fmt: skip
def test_rule_finds_what_it_names(rule: Rule, form: dict[str, Any], count: int) -> None:
    """A row of a table by its number or its column, an open answer by its words; nothing else."""
    assert len(find_hits([rule], form)) == count


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Questions", "Id", "Rows", "Text", "Answer", "Answers", "ColumnNames"]
            ),
            each,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_form_however_odd_raises(form: object) -> None:
    """What IntakeQ sends is believed in nothing."""
    rules = [PHQ_9, Rule(name="r", question_id="", says="a")]
    assert isinstance(find_hits(rules, form), list)


async def arrives(lab: Lab, number: int, form: dict[str, Any], *, key: str = "risk") -> None:
    """A form comes from IntakeQ."""
    found = intake(f"{key}-{number}", number, **form)
    lab.intakeq.objects[path_of(found)] = Reply.of(found)
    lab.intakeq.objects[f"/clients/profile/{number}"] = Reply.of(profile(number))
    await lab.deliver(hook_of(found))
    await lab.work()


async def rule_set(as_role: AsRole) -> Signed:
    """The clinic's rule, written by a clinician."""
    clinician = await as_role("clinician")
    assert "Rule added" in (await clinician.follow("/risk-answers/rules", **RULE)).text
    return clinician


async def rules_gone(clinician: Signed) -> None:
    """Every rule is taken away again."""
    page = (await clinician.get("/risk-answers/rules")).text
    for action in re.findall(r'action="(/risk-answers/rules/[0-9a-f-]{36}/remove)"', page):
        await clinician.follow(action)


async def test_person_at_risk_is_first_until_someone_says_what_was_done(
    lab: Lab, as_role: AsRole
) -> None:
    """Above everyone urgent; read by who presses, with the minutes; gone when it is followed up."""
    clinician, desk = await rule_set(as_role), await as_role("front_desk")
    try:
        await referral_of(desk, "Uma Urgentest", urgency="urgent")
        await arrives(lab, 4801, form_with("2"))
        page = (await desk.get("/work")).text
        first = page.split("<li data-row")[1]
        assert "At risk" in first
        assert "Read this answer now" in first
        assert "Risk answers to read" in (await clinician.get("/")).text
        own = re.search(r'href="(/risk-answers/[0-9a-f-]{36})"', first)
        assert own
        shown = (await clinician.get(own[1])).text
        assert ITEM_9 in shown
        assert "<strong>2</strong>" in shown
        taken = (await clinician.follow(f"{own[1]}/read")).text
        assert "You are on it" in taken
        assert "Clinician Person read it after" in taken
        assert "Say what was done" in (await desk.get("/work")).text
        assert (await desk.post(f"{own[1]}/close", outcome="")).status_code == 422
        await desk.follow(f"{own[1]}/close", outcome="Talked, safety plan made.")
        assert own[1] not in (await desk.get("/work")).text
        assert "safety plan made" in (await clinician.get(own[1])).text
        assert (await desk.post(f"{own[1]}/close", outcome="Again.")).status_code == 409
    finally:
        await rules_gone(clinician)


async def test_same_answers_again_raise_nothing_and_worse_ones_do(
    lab: Lab, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """A resubmitted form is compared, not counted; without a rule nothing is raised at all."""
    await arrives(lab, 4811, form_with("3"))
    assert not await of_form(onprem, lab)
    clinician = await rule_set(as_role)
    try:
        for answer in ("1", "1", "3"):
            await arrives(lab, 4811, form_with(answer))
        assert len(await of_form(onprem, lab)) == 2
    finally:
        await rules_gone(clinician)


async def of_form(onprem: PlaneDatabase, _lab: Lab) -> Sequence[Any]:
    """What was raised about the newest form."""
    return await onprem.run(
        "select id from practice.risk_answer where intake_id ="
        " (select id from practice.intake order by created_at desc limit 1)"
    )


async def test_people_are_told_one_after_the_other_and_without_content(
    lab: Lab, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """One after the other by the rule's minutes until someone has read it; where a mail fails, the next one."""
    clinician, admin = await rule_set(as_role), await as_role("admin")
    sent: list[tuple[str, str, str]] = []
    fails = [True]

    async def send(to: str, *, subject: str, text: str) -> None:
        if fails.pop() if fails else False:
            raise Unavailable("mail")
        sent.append((to, subject, text))

    now = [utc_now() + timedelta(days=1)]
    db = Database(onprem.url("gw_worker"), pool_size=1)
    notices = RiskNotices(db, send, clock=lambda: now[0])
    try:
        saved = await admin.follow(
            "/on-call", first=str(uuid.UUID(int=2)), second=str(uuid.UUID(int=1))
        )
        assert "Saved" in saved.text
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'process: worker', true),"
            " set_config('app.purpose', 'test', true); update practice.risk_answer set tell_at = null"
            " where tell_at is not null and closed_at is null; end $$"
        )
        await arrives(lab, 4821, form_with("1"))
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'process: worker', true),"
            " set_config('app.purpose', 'test', true); update practice.risk_answer set"
            f" tell_at = '{now[0].isoformat()}' where tell_at is not null; end $$"
        )
        with pytest.raises(Unavailable):
            await notices.step()
        assert not sent
        assert await notices.step() == 0
        now[0] += timedelta(seconds=30)
        await notices.step()
        assert [to for to, _, _ in sent] == ["front_desk@lmhg.test"]
        assert await notices.step() == 0
        now[0] += timedelta(minutes=10)
        await notices.step()
        assert [to for to, _, _ in sent] == ["front_desk@lmhg.test", "clinician@lmhg.test"]
        assert {(subject, text) for _, subject, text in sent} == {(SUBJECT, TEXT)}
        await arrives(lab, 4822, form_with("1"))
        rows = await onprem.run(
            "select id from practice.risk_answer order by found_at desc limit 1"
        )
        await clinician.follow(f"/risk-answers/{rows[0]['id']}/read")
        await notices.step()
        assert len(sent) == 2
    finally:
        await db.close()
        await admin.follow("/on-call")
        await rules_gone(clinician)


async def test_rule_is_for_one_thing_and_roles_are_kept(as_role: AsRole) -> None:
    """A number or words; the front desk makes no rules and a trainer sees nothing."""
    clinician, desk, trainer = [await as_role(r) for r in ("clinician", "front_desk", "trainer")]
    both = await clinician.post("/risk-answers/rules", **{**RULE, "says": "hurt"})
    assert (both.status_code, "one of the two" in both.text) == (422, True)
    none = await clinician.post("/risk-answers/rules", **{**RULE, "at_least": ""})
    assert none.status_code == 422
    assert (await desk.get("/risk-answers/rules")).status_code == 403
    assert (await clinician.post("/on-call")).status_code == 403
    assert (await trainer.get("/risk-answers")).status_code == 403


async def test_program_reads_and_ends(lab: Lab, as_role: AsRole) -> None:
    """The same by the API."""
    clinician = await as_role("clinician")
    clinician.browser.headers["x-csrf-token"] = clinician.token
    rule = {"name": "Self-harm", "question_id": "phq-9", "row": ITEM_9, "at_least": 1}
    made = await clinician.browser.post("/api/v1/risk-answers/rules", json=rule)
    assert made.status_code == 201
    try:
        await arrives(lab, 4831, form_with("1"))
        listed = (await clinician.browser.get("/api/v1/risk-answers")).json()["risk_answers"]
        own = f"/api/v1/risk-answers/{listed[0]['id']}"
        assert listed[0]["found"][0]["answer"] == "1"
        read = (await clinician.browser.post(f"{own}/read")).json()
        assert read["read_by"] == str(uuid.UUID(int=2))
        ended = await clinician.browser.post(f"{own}/close", json={"outcome": "Called."})
        assert ended.json()["closed_at"]
        again = await clinician.browser.get(own)
        assert again.json() == ended.json()
        rules = (await clinician.browser.get("/api/v1/risk-answers/rules")).json()["rules"]
        assert [each["name"] for each in rules] == ["Self-harm"]
    finally:
        await rules_gone(clinician)
