"""Credentials: licenses, insurance, attestations and payer panels of colleagues."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, CLINICIAN, COMPLIANCE, FRONT_DESK
from lmhg_gateway.features.credentials import api
from lmhg_gateway.features.credentials.jobs import loops
from lmhg_gateway.features.credentials.models import PayerPanel, StaffCredential
from lmhg_gateway.features.credentials.morning_page import how_they_are
from lmhg_gateway.features.credentials.pages import (
    add_credential,
    add_panel,
    credential_list,
    end_credential,
    end_panel,
    person_page,
    renew_credential,
    renew_page,
    restore_credential,
    restore_panel,
)
from lmhg_gateway.features.credentials.service import clinician_panels, licence_states
from lmhg_gateway.web.points import ClinicianRights, StatusLine
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="credentials",
    app="workspace",
    needs=("people", "staff"),
    pages=(
        credential_list,
        person_page,
        add_credential,
        renew_page,
        renew_credential,
        end_credential,
        restore_credential,
        add_panel,
        end_panel,
        restore_panel,
    ),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Credentials",
            path="/credentials",
            icon="badge",
            permission="credentials.read",
            order=65,
            primary=False,
        ),
    ),
    messages={
        "credential": "We can't find this credential.",
        "panel": "We can't find this panel.",
        "colleague": "We can't find this colleague.",
        "credential_whose": "You can change your own credentials. For others ask an administrator.",
        "credential_wrong": "Nothing was saved. Check what is marked.",
    },
    notices={
        "credential.added": "Credential added. Reminders go out 60, 30 and 7 days before it ends.",
        "credential.renewed": "New day saved.",
        "credential.ended": "Credential removed.",
        "credential.restored": "The credential is back.",
        "panel.added": "Panel added. It counts for new waitlist offers.",
        "panel.ended": "Panel ended. Today is the last day.",
        "panel.restored": "The panel is back.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="credentials.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, COMPLIANCE}),
            scope="credentials",
        ),
        Permission(name="credentials.write", roles=frozenset({CLINICIAN, ADMIN})),
    ),
    models=(StaffCredential, PayerPanel),
    loops={"worker": loops},
    contributes=(
        StatusLine(how_they_are),
        ClinicianRights(clinician_panels=clinician_panels, licence_states=licence_states),
    ),
)
