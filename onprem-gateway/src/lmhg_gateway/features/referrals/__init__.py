"""Referrals: how people come to the practice."""

from pathlib import Path

from lmhg_contracts.roles import CARE, GLASS
from lmhg_gateway.features.referrals import api
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
from lmhg_gateway.features.referrals.service import rows_of_client
from lmhg_gateway.features.referrals.standing import at_home, first_contacts
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
        "referral_moved": "Somebody moved this referral while you were looking at it.",
        "undo_late": "It is too late to undo this step. Move the referral on from where it is.",
        "referral_move": "The policy has no such step from where this referral stands.",
    },
    notices={
        "referral.recorded": "The referral is written down. The first contact is due next.",
        "referral.moved": "The step is written down.",
        "referral.back": "Undone. The referral is where it was.",
    },
    templates=Path(__file__).parent / "templates",
    permissions=(
        Permission(name="referrals.read", roles=CARE | GLASS, scope="referrals"),
        Permission(name="referrals.write", roles=CARE, scope="referrals"),
    ),
    models=(
        Referral,
        ReferralMove,
    ),
    contributes=(
        HomeStats(permission="referrals.read", find=at_home),
        HomeCard(
            permission="referrals.read",
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
    ),
)
