"""Visits allowed: by a referral or an insurer, how many, until when, and what is left."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.authorizations import api
from lmhg_gateway.features.authorizations.jobs import loops
from lmhg_gateway.features.authorizations.models import VisitAuthorization
from lmhg_gateway.features.authorizations.pages import PAGES
from lmhg_gateway.features.authorizations.referral_page import rows_of_referral
from lmhg_gateway.features.authorizations.work_steps import SOURCE
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ReferralSection
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="authorizations",
    app="workspace",
    pages=PAGES,
    api=api.HANDLERS,
    ways=(
        NavItem(
            label="Visits allowed",
            path="/authorizations",
            icon="ledger",
            permission="authorizations.read",
        ),
    ),
    messages={
        "authorization": "The visits were not added. Check what is marked.",
        "authorization_over": "Someone already ended this. Here is what is new.",
        "authorization_changed": "Someone already changed this. Here is what is new.",
        "authorization_count": "The count cannot go below none or over what is allowed.",
    },
    notices={
        "visits_allowed.added": "Visits added for {who}. The work list warns in time.",
        "visits_allowed.counted": "Visits counted for {who}.",
        "visits_allowed.asked": "Noted for {who}. The work list asks for the answer later.",
        "visits_allowed.ended": "Ended for {who}. It is off the work list.",
        "visits_allowed.reopened": "It holds again for {who}.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="authorizations.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="referrals",
        ),
        Permission(
            name="authorizations.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="referrals",
        ),
    ),
    models=(VisitAuthorization,),
    contributes=(
        SOURCE,
        ReferralSection(
            permission="authorizations.read",
            template="authorizations/referral_part.html",
            load=rows_of_referral,
        ),
        rows_by(VisitAuthorization.client_id, noun="authorization of visits"),
    ),
    loops={"worker": loops},
    needs=("referrals", "appointments"),
)
