"""Appointments, as IntakeQ has them."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.appointments import api
from lmhg_gateway.features.appointments.client_page import rows_of_client
from lmhg_gateway.features.appointments.home_page import at_home, own_day
from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.pages import cloud_copy, day_list, week_page
from lmhg_gateway.features.appointments.service import MERGE_ROWS, SYNCED
from lmhg_gateway.web.points import ClientSection, HomeCard, HomeStats
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="appointments",
    app="workspace",
    pages=(day_list, week_page, cloud_copy),
    api=api.HANDLERS,
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
    messages={"appointment": "There is no such appointment here."},
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="appointments.read", roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS})
        ),
        Permission(name="appointments.own_day", roles=frozenset({CLINICIAN})),
    ),
    models=(Appointment,),
    contributes=(
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
        SYNCED,
    ),
    needs=("cloud_copies",),
)
