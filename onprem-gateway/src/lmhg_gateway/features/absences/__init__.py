"""Absences: who is away, who covers for their clients, and the handover when someone leaves."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.absences import api
from lmhg_gateway.features.absences.client_page import banners
from lmhg_gateway.features.absences.models import Absence, AbsenceCover, AbsenceMove
from lmhg_gateway.features.absences.pages import PAGES
from lmhg_gateway.features.absences.service import spans
from lmhg_gateway.web.away import AwayPeople
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientBanner
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="absences",
    app="workspace",
    needs=("people", "staff", "clients"),
    pages=PAGES,
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Absences",
            path="/absences",
            icon="calendar",
            permission="absences.read",
            order=66,
            primary=False,
        ),
    ),
    messages={
        "absence": "We can't find this absence.",
        "absence_act": "This was undone already.",
        "absence_wrong": "Nothing was saved. Check what is marked.",
        "absence_cover": "Nothing was saved. Choose someone who is not away.",
        "absence_whose": "You can change your own absence. For others ask the front desk.",
        "absence_leaving": "Only an administrator can write down that someone leaves.",
        "absence_over": "This absence is canceled or has no last day.",
        "absence_same_days": "They are already away on some of these days.",
        "absence_list_changed": "The list of clients changed. Open the page again.",
    },
    notices={
        "absence.added": "Absence added. Say below who covers.",
        "absence.changed": "New last day saved.",
        "absence.canceled": "Absence canceled. Work that moved stays where it is.",
        "absence.restored": "The absence is back.",
        "absence.covered": "Saved. The clients' pages say who covers.",
        "absence.cover_same": "Nothing changed.",
        "absence.cover_undone": "Undone. What moved is back.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="absences.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="absences",
        ),
        Permission(name="absences.write", roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN})),
        Permission(name="absences.manage", roles=frozenset({FRONT_DESK, ADMIN})),
    ),
    models=(Absence, AbsenceCover, AbsenceMove),
    contributes=(
        AwayPeople(spans),
        ClientBanner(permission="absences.read", find=banners),
        rows_by(AbsenceCover.client_id, noun="cover during an absence"),
    ),
)
