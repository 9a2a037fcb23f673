"""Appointments, as IntakeQ has them."""

from pathlib import Path

from lmhg_contracts.roles import CARE, GLASS
from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.appointments.pages import cloud_copy, day_list
from lmhg_gateway.features.appointments.service import rows_of_client
from lmhg_gateway.features.appointments.standing import at_home
from lmhg_gateway.web.points import ClientSection, HomeStats
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="appointments",
    app="workspace",
    pages=(day_list, cloud_copy),
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
    permissions=(Permission(name="appointments.read", roles=CARE | GLASS),),
    models=(Appointment,),
    contributes=(
        HomeStats(permission="appointments.read", find=at_home),
        ClientSection(
            permission="appointments.read",
            template="appointments/client_part.html",
            load=rows_of_client,
        ),
    ),
    needs=("cloud_copies",),
)
