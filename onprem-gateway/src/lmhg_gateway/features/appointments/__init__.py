"""Appointments, as IntakeQ has them."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.appointments import api, board_api, board_pages, visit_pages
from lmhg_gateway.features.appointments.client_page import rows_of_client
from lmhg_gateway.features.appointments.exported import APPOINTMENTS
from lmhg_gateway.features.appointments.handover import CASE_ROWS
from lmhg_gateway.features.appointments.home_page import at_home, own_day
from lmhg_gateway.features.appointments.models import Appointment, VisitDesk, VisitStep
from lmhg_gateway.features.appointments.pages import cloud_copy, day_list, week_page
from lmhg_gateway.features.appointments.service import MERGE_ROWS, SYNCED
from lmhg_gateway.features.appointments.work_steps import SOURCE
from lmhg_gateway.web.points import ClientSection, HomeCard, HomeStats
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="appointments",
    app="workspace",
    pages=(day_list, week_page, cloud_copy, *board_pages.PAGES, *visit_pages.PAGES),
    api=(*api.HANDLERS, *board_api.HANDLERS),
    nav=(
        NavItem(
            label="Appointments",
            short="Appts",
            path="/appointments",
            icon="calendar",
            permission="appointments.read",
            order=40,
        ),
    ),
    ways=(
        NavItem(
            label="Day board",
            path="/appointments/board",
            icon="calendar",
            permission="appointments.read",
        ),
    ),
    messages={
        "appointment": "There is no such appointment here.",
        "visit": "This was not saved. Check what is marked.",
        "visit_canceled": "This appointment is canceled. Nothing was changed.",
        "visit_changed": "Someone already changed this. Here is what is new.",
        "visit_moved": "Someone already changed this. Here is what is new.",
        "visit_step": "This step is not possible from where the visit is.",
        "visit_step_late": "It is too late to undo this. Take the step that is right now instead.",
        "visit_step_of_other": "Someone else noted this. Only they can undo it.",
    },
    notices={
        "visit.arrived": "Noted for {who}: arrived.",
        "visit.in_session": "Noted for {who}: in session.",
        "visit.done": "Noted for {who}: done.",
        "visit.missed": "Noted for {who}: did not come. The work list asks for a call.",
        "visit.undone": "Undone for {who}.",
        "visit.place": "Noted for {who}: where they are.",
        "visit.note": "Note saved for {who}.",
        "visit.seen_to": "Noted for {who}: seen to.",
        "visit.open_again": "{who} is back on the work list.",
        "visit.canceled": "Canceled here. Now cancel it in IntakeQ too.",
        "visit.uncanceled": "Not canceled. It takes place.",
        "visit.uncanceled_late": "It takes place here. IntakeQ may have canceled it already. Look there.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="appointments.read", roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS})
        ),
        Permission(name="appointments.write", roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN})),
        Permission(name="appointments.own_day", roles=frozenset({CLINICIAN})),
    ),
    models=(Appointment, VisitDesk, VisitStep),
    contributes=(
        APPOINTMENTS,
        HomeStats(permission="clients.write", find=at_home),
        HomeCard(
            permission="appointments.own_day",
            template="appointments/own_day_part.html",
            load=own_day,
        ),
        ClientSection(
            permission="appointments.read",
            template="appointments/client_part.html",
            load=rows_of_client,
        ),
        MERGE_ROWS,
        CASE_ROWS,
        SYNCED,
        SOURCE,
    ),
    needs=("cloud_copies", "work_list", "office_hours"),
)
