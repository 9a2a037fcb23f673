"""The waitlist: who waits, what they wish for, freed times, whom they suit, and offers in order."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN, BREAK_GLASS, CLINICIAN, FRONT_DESK
from lmhg_gateway.features.waitlist import api
from lmhg_gateway.features.waitlist.cancel_effect import effects, propose, withdraw
from lmhg_gateway.features.waitlist.jobs import loops
from lmhg_gateway.features.waitlist.models import (
    FreedSlot,
    SlotOffer,
    WaitlistRule,
    WaitWish,
)
from lmhg_gateway.features.waitlist.offer_pages import PAGES as OFFERS
from lmhg_gateway.features.waitlist.pages import PAGES
from lmhg_gateway.features.waitlist.planning import SOURCE
from lmhg_gateway.features.waitlist.referral_page import rows_of_referral
from lmhg_gateway.web.cancel_points import CancelEffect
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_gateway.web.points import ReferralSection
from lmhg_kit.feature import Feature, NavItem, Permission

FEATURE = Feature(
    name="waitlist",
    app="workspace",
    pages=(*PAGES, *OFFERS),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="Waitlist",
            path="/waitlist",
            icon="clock",
            permission="waitlist.read",
            order=32,
            primary=False,
        ),
    ),
    ways=(
        NavItem(
            label="Freed times", path="/waitlist/times", icon="calendar", permission="waitlist.read"
        ),
        NavItem(
            label="Offer rules", path="/waitlist/rules", icon="settings", permission="waitlist.read"
        ),
    ),
    messages={
        "freed_slot": "There is no such freed time.",
        "slot_offer": "There is no such offer.",
        "clinician": "There is no such clinician.",
        "offer_over": "This offer is over. Look at the time again: it says what is new.",
        "offer_not_yours": "Only the person who pressed Accepted can undo it. Look at the time again.",
        "offer_undo_late": (
            "It is too late to undo this. Move the referral back to the waitlist and add the time again."
        ),
        "offer_moved_on": (
            "The referral moved on since. Open it to see what is new. To go back, move it from there."
        ),
        "offer_in_intakeq": (
            "The visit is in IntakeQ already. Cancel it there, then move the referral back to the waitlist."
        ),
        "slot_over": "This time is filled or not free any more.",
        "freed_time": "The time was not added. Check the day.",
        "line_long": "There are too many people in line for this time.",
        "not_waiting": "Someone is not on the waitlist any more. Look at the time again.",
        "not_a_clinician": "Choose a clinician who works here.",
    },
    notices={
        "waitlist.time_added": "Time added. Choose whom to ask.",
        "waitlist.confirmed": "The time is free. Choose whom to ask.",
        "waitlist.offered": "Offered. The people to call are on the work list.",
        "waitlist.filled": "Filled by hand. Who had an offer is on the work list.",
        "waitlist.gone": "The time is not free any more. Who had an offer is on the work list.",
        "waitlist.accepted": "Accepted for {who}. The referral is booked. Put the visit in IntakeQ.",
        "waitlist.accept_undone": "Undone for {who}. They have the offer again. Note what they say.",
        "waitlist.declined": "Declined for {who}. The time passes on.",
        "waitlist.passed": "No answer noted for {who}. The time passes on.",
        "waitlist.again": "{who} is back in line.",
        "waitlist.told": "Noted for {who}: they know.",
        "waitlist.wish_saved": "Wishes saved for {who}.",
        "waitlist.rules_saved": "Rules saved. Times that are free already keep the old ones.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(
        Permission(
            name="waitlist.read",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN, BREAK_GLASS}),
            scope="waitlist",
        ),
        Permission(
            name="waitlist.write",
            roles=frozenset({FRONT_DESK, CLINICIAN, ADMIN}),
            scope="waitlist",
        ),
        Permission(name="waitlist.set_rules", roles=frozenset({ADMIN})),
    ),
    models=(WaitWish, FreedSlot, SlotOffer, WaitlistRule),
    contributes=(
        SOURCE,
        ReferralSection(
            permission="waitlist.read",
            template="waitlist/referral_part.html",
            load=rows_of_referral,
        ),
        CancelEffect(find=effects, act=propose, undo=withdraw),
        rows_by(SlotOffer.client_id, noun="offer of a freed time"),
    ),
    loops={"worker": loops},
    needs=("referrals", "appointments"),
)
