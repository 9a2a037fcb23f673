"""Consents: who agreed to what, until when, and what follows when that ends."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.consents import api
from lmhg_gateway.features.consents.client_page import banners, rows_of_client
from lmhg_gateway.features.consents.jobs import loops
from lmhg_gateway.features.consents.models import Consent
from lmhg_gateway.features.consents.pages import (
    add_consent,
    consent_page,
    end_consent,
    new_consent,
    restore_consent,
)
from lmhg_gateway.features.consents.work_steps import SOURCE
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientBanner, ClientSection
from lmhg_kit.feature import Feature, Permission

FEATURE = Feature(
    name="consents",
    app="workspace",
    needs=("clients", "documents", "referrals", "work_list"),
    pages=(new_consent, add_consent, consent_page, end_consent, restore_consent),
    api=api.HANDLERS,
    messages={
        "consent": "We can't find this consent.",
        "consent_ended": "This consent has ended already.",
        "consent_undo": "An end can be taken back for 10 minutes, by the person who recorded it.",
        "consent_stands": "What a consent says can't change. End it, and record another one.",
        "consent_wrong": "The consent was not saved. Check what is marked.",
    },
    notices={
        "consent.recorded": "Consent saved for {who}. What it allows counts from now on.",
        "consent.ended": "Consent ended for {who}, with what follows.",
        "consent.restored": "The consent is in force again for {who}.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="consents.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="consents",
        ),
        Permission(
            name="consents.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="consents",
        ),
    ),
    models=(Consent,),
    loops={"worker": loops},
    contributes=(
        SOURCE,
        rows_by(Consent.client_id, noun="consent"),
        ClientBanner(permission="consents.read", find=banners),
        ClientSection(
            permission="consents.read", template="consents/client_part.html", load=rows_of_client
        ),
    ),
)
