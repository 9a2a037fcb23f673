"""Breach cases: an incident assessed by four factors, decided by two, and told in time."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, COMPLIANCE
from lmhg_gateway.features.breach_cases import api
from lmhg_gateway.features.breach_cases.models import BreachCase, BreachNotice
from lmhg_gateway.features.breach_cases.morning_page import red, status
from lmhg_gateway.features.breach_cases.pages import PAGES
from lmhg_gateway.features.breach_cases.weekly_packet import of_week
from lmhg_gateway.web.points import IncidentAct, PacketLine, RedLine, StatusLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="breach_cases",
    app="workspace",
    needs=("incidents", "oversight", "packets"),
    pages=PAGES,
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Breach cases",
            path="/compliance/breaches",
            icon="warning",
            permission="breaches.read",
            section="Checks",
            order=43,
        ),
    ),
    messages={
        "breach_case": "We can't find this breach case.",
        "breach_notice": "We can't find this notice.",
        "breach_open": "This incident has a breach case already. Open it from the list.",
        "breach_not_assessed": "Assess the four factors first.",
        "breach_not_decided": "Decide first that it is a breach.",
        "breach_not_to_confirm": "There is nothing to agree to now.",
        "breach_second_person": "You decided this, so someone else must agree.",
    },
    notices={
        "breach.opened": "Breach case opened. The 60 days run from the day you found out.",
        "breach.changed": "Saved. The days are counted again.",
        "breach.assessed": "Assessment saved. Next: decide.",
        "breach.low": "Saved. Next: a second person agrees.",
        "breach.decided": "Saved. Tell the people it is about.",
        "breach.confirmed": "You agreed. This case is done.",
        "breach.told": "Noted.",
        "breach.untold": "Taken back.",
    },
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(name="breaches.read", roles=frozenset({COMPLIANCE, ADMIN}), scope="compliance"),
        Permission(name="breaches.write", roles=frozenset({COMPLIANCE})),
        Permission(name="breaches.confirm", roles=frozenset({COMPLIANCE, ADMIN})),
    ),
    models=(BreachCase, BreachNotice),
    contributes=(
        IncidentAct(
            permission="breaches.write",
            label="Breach case",
            path="/compliance/incidents/{}/breach",
        ),
        RedLine(red),
        StatusLine(status),
        PacketLine(
            code="breach_cases",
            title="Breach cases",
            question="Is each one decided, and was everyone told in time?",
            order=85,
            count=of_week,
            watched=("late", "due_soon"),
        ),
    ),
)
