"""Referrals: how people come to the practice."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.referrals import api, attempt_api
from lmhg_gateway.features.referrals.attempt_pages import PAGES as ATTEMPTS
from lmhg_gateway.features.referrals.call_rules import call_rules, save_call_rules
from lmhg_gateway.features.referrals.client_page import rows_of_client
from lmhg_gateway.features.referrals.edit_pages import PAGES as EDITS
from lmhg_gateway.features.referrals.exported import REFERRALS
from lmhg_gateway.features.referrals.handover import CASE_ROWS
from lmhg_gateway.features.referrals.home_page import at_home
from lmhg_gateway.features.referrals.models import CallRule, Referral, ReferralEdit, ReferralMove
from lmhg_gateway.features.referrals.pages import (
    board,
    find_referrals,
    move,
    new_referral,
    record_referral,
    referral_page,
    undo,
)
from lmhg_gateway.features.referrals.sweep import sweep
from lmhg_gateway.features.referrals.work_steps import SOURCE
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ClientAct, ClientSection, HomeStats
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider

FEATURE = Feature(
    name="referrals",
    app="workspace",
    pages=(
        board,
        call_rules,
        save_call_rules,
        sweep,
        new_referral,
        record_referral,
        referral_page,
        move,
        undo,
        *EDITS,
        *ATTEMPTS,
    ),
    api=(*api.HANDLERS, *attempt_api.HANDLERS),
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
    ways=(
        NavItem(
            label="Contacted, nothing since",
            path="/referrals/sweep",
            icon="referral",
            permission="referrals.read",
        ),
        NavItem(
            label="Call rules",
            path="/referrals/call-rules",
            icon="settings",
            permission="call_rules.read",
        ),
    ),
    messages={
        "referral": "There is no such referral.",
        "referral_edited": "Someone changed this referral since you opened it. Open it again to see what is new.",
        "referral_moved": "Someone already changed this. Here is what is new.",
        "undo_late": "It is too late to undo this step. Move the referral on from where it is.",
        "referral_move": "This step is not possible from the current state.",
    },
    notices={
        "referral.recorded": "Referral added for {who}. Next: the first call.",
        "referral.saved": "Changes saved for {who}.",
        "referral.moved": "Referral updated for {who}.",
        "referral.back": "Undone for {who}. The referral is where it was.",
        "referral.waits_paperwork": "Noted for {who}. The work list asks for the paperwork when it is late.",
        "referral.waits_insurance": "Noted for {who}. The work list asks the insurer when it is late.",
        "referral.arrived": "Noted for {who}: it arrived.",
        "referral.mine": "The referral of {who} is yours now.",
        "referral.given_back": "The referral of {who} is no one's now.",
        "contact.reached": "Noted for {who}: reached.",
        "contact.rang_back": "{who} is back on the work list. Call them back today.",
        "contact.left_voicemail": "Noted for {who}: voicemail left.",
        "contact.no_answer": "Noted for {who}: no answer.",
        "contact.wrong_number": "Noted for {who}: wrong number.",
        "contact.sent": "Noted for {who}: sent.",
        "contact.came_back": "Noted for {who}: it came back.",
        "contact.told_referrer": "Noted for {who}: the referrer knows.",
        "contact.undone": "Undone for {who}. Nothing was noted.",
        "call_rules.saved": "Rules saved. Due dates are counted again within a minute.",
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
        Permission(
            name="call_rules.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="work",
        ),
        Permission(name="call_rules.write", roles=frozenset({ADMIN})),
    ),
    models=(Referral, ReferralMove, ReferralEdit, CallRule),
    contributes=(
        RetentionLine(
            code="inquiries",
            title="People who asked and were never seen",
            clock="The last step or call; for a minor, the 18th birthday if that is later",
            order=20,
        ),
        REFERRALS,
        HomeStats(permission="referrals.first_calls", find=at_home),
        SOURCE,
        CASE_ROWS,
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
