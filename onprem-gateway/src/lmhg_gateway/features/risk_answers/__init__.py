"""Risk answers: answers on forms that someone has to see at once."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.risk_answers import api, rota_api, rota_pages
from lmhg_gateway.features.risk_answers.bell import BELL
from lmhg_gateway.features.risk_answers.jobs import loops
from lmhg_gateway.features.risk_answers.models import OnCall, OnCallTurn, RiskAnswer, RiskRule
from lmhg_gateway.features.risk_answers.pages import (
    add_risk_rule,
    close_risk_answer,
    drop_risk_rule,
    read_risk_answer,
    risk_answer,
    risk_answers,
    risk_rules,
)
from lmhg_gateway.features.risk_answers.work_steps import SOURCE
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="risk_answers",
    app="workspace",
    pages=(
        risk_answers,
        risk_rules,
        add_risk_rule,
        drop_risk_rule,
        risk_answer,
        read_risk_answer,
        close_risk_answer,
        *rota_pages.PAGES,
    ),
    api=(*api.HANDLERS, *rota_api.HANDLERS),
    ways=(
        NavItem(label="Risk answers", path="/risk-answers", icon="warning", permission="risk.read"),
        NavItem(
            label="Risk answer rules",
            path="/risk-answers/rules",
            icon="settings",
            permission="risk_rules.write",
        ),
        NavItem(label="On call", path="/on-call", icon="phone", permission="on_call.read"),
    ),
    bell=BELL,
    messages={
        "risk_answer": "We can't find this answer.",
        "risk_closed": "Someone already said what was done.",
        "on_call_turn": "The turn was not saved. Check what is marked.",
        "on_call_taken": "Someone else has a turn on some of these days now.",
        "risk_rule": "The rule was not added. Check what is marked.",
    },
    notices={
        "risk.read": "You are on it. No one else is told.",
        "risk.read_by_other": "Someone else is already on it.",
        "risk.closed": "Saved for {who}. It is off the work list.",
        "risk.rule_added": "Rule added. It counts for forms that come from now on.",
        "risk.rule_gone": "Rule removed.",
        "on_call.saved": "Saved. They are told in this order.",
        "on_call.turn_added": "Turn added.",
        "on_call.turn_removed": "Turn removed.",
        "on_call.turn_restored": "The turn is back.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="risk.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="work",
        ),
        Permission(
            name="risk.write", roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}), scope="work"
        ),
        Permission(name="risk_rules.write", roles=frozenset({CLINICIAN, ADMIN})),
        Permission(
            name="on_call.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="work",
        ),
        Permission(name="on_call.write", roles=frozenset({ADMIN})),
    ),
    models=(RiskRule, OnCall, OnCallTurn, RiskAnswer),
    contributes=(SOURCE, rows_by(RiskAnswer.client_id, noun="risk answer")),
    loops={"worker": loops},
)
