"""Referrals: how people come to the practice."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.referrals import api
from lmhg_gateway.features.referrals.client_page import rows_of_client
from lmhg_gateway.features.referrals.home_page import at_home, first_contacts
from lmhg_gateway.features.referrals.models import Referral, ReferralMove
from lmhg_gateway.features.referrals.pages import (
    board,
    find_referrals,
    move,
    new_referral,
    record_referral,
    referral_page,
    undo,
)
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientAct, ClientSection, HomeCard, HomeStats
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider

FEATURE = Feature(
    name="referrals",
    app="workspace",
    pages=(board, new_referral, record_referral, referral_page, move, undo),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Referrals",
            path="/referrals",
            icon="referral",
            permission="referrals.read",
            order=30,
        ),
    ),
    search=(SearchProvider(label="Referrals", permission="referrals.read", find=find_referrals),),
    messages={
        "referral": "There is no such referral.",
        "referral_moved": "Someone already changed this. Here is what is new.",
        "undo_late": "It is too late to undo this step. Move the referral on from where it is.",
        "referral_move": "This step is not possible from the current state.",
    },
    notices={
        "referral.recorded": "Referral added. Next: the first call.",
        "referral.moved": "Referral updated.",
        "referral.back": "Undone. The referral is where it was.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="referrals.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="referrals",
        ),
        Permission(
            name="referrals.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="referrals",
        ),
        Permission(name="referrals.first_calls", roles=frozenset({FRONT_DESK, ADMIN})),
    ),
    models=(
        Referral,
        ReferralMove,
    ),
    contributes=(
        HomeStats(permission="referrals.first_calls", find=at_home),
        HomeCard(
            permission="referrals.first_calls",
            template="referrals/first_contact_part.html",
            load=first_contacts,
        ),
        ClientSection(
            permission="referrals.read", template="referrals/client_part.html", load=rows_of_client
        ),
        ClientAct(
            permission="referrals.write",
            label="New referral",
            path="/clients/{}/referrals/new",
            icon="plus",
            is_primary=True,
        ),
        rows_by(Referral.client_id, noun="referral"),
    ),
)
