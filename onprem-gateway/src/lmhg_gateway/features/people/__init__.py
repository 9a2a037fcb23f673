"""People: who works here, what they may do, how they sign in, and the day they leave."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.people import api
from lmhg_gateway.features.people.bell import BELL
from lmhg_gateway.features.people.models import Offboarding
from lmhg_gateway.features.people.pages import (
    approve_reset,
    ask_reset,
    change_roles,
    confirm_offboard,
    factor_rules,
    find_people,
    invite,
    invite_again,
    lift_delay,
    listed,
    new_person,
    offboard,
    offboarding,
    put_factor_rule,
    view,
)
from lmhg_gateway.features.people.weekly_packet import of_week
from lmhg_gateway.web.points import PacketLine
from lmhg_kit.feature import Feature, NavItem, Permission, SearchProvider

FEATURE = Feature(
    name="people",
    app="workspace",
    pages=(
        listed,
        new_person,
        invite,
        factor_rules,
        put_factor_rule,
        view,
        change_roles,
        invite_again,
        lift_delay,
        ask_reset,
        approve_reset,
        confirm_offboard,
        offboard,
        offboarding,
    ),
    api=api.HANDLERS,
    nav=(
        NavItem(
            label="People",
            path="/people",
            icon="badge",
            permission="people.manage",
            order=80,
            primary=False,
        ),
    ),
    search=(SearchProvider(label="People", permission="people.manage", find=find_people),),
    bell=BELL,
    messages={
        "person": "There is no such person.",
        "roles_changed": "Someone else changed this person's roles after you opened the page.",
        "has_left": "This person has left. Nothing about their access can be changed.",
        "own_account": "You cannot do this to your own account. Ask another administrator.",
        "last_admin": "This would leave no administrator. Give someone else the role first.",
        "has_signed_in": "This person has already signed in. They can use “Forgot your password?”.",
        "reset_gone": "There is no lost device report waiting.",
        "device_reset_open": "A lost device was already reported. Another person must approve it.",
        "device_reset_own": "Someone else must do this: not you, and not the person it is about.",
    },
    notices={
        "person.invited": "Invitation email sent. Its link works once, for a limited time.",
        "factors.rule": "Rule changed. People without two-step sign-in get reminders until then.",
        "factors.asked": "Request sent. The day stays as it is until a second person approves under Decisions.",
        "person.invited_asked": "Invitation email sent. The new admin or compliance role counts when a second person approves it under Decisions.",
        "person.roles_asked": "The other roles count now. The new admin or compliance role counts when a second person approves it under Decisions.",
        "person.roles": "Roles changed. The portal follows in a moment.",
        "person.delay_lifted": "Sign-in unlocked. This is logged.",
        "person.reset_asked": "Lost device reported. Another administrator must approve.",
        "person.reset_approved": "Approved. All two-step sign-in methods and sessions were removed.",
    },
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="people.manage", roles=frozenset({ADMIN})),),
    models=(Offboarding,),
    contributes=(
        PacketLine(
            code="offboarding",
            title="People who left",
            question="Did each lose all access?",
            order=110,
            count=of_week,
        ),
    ),
)
