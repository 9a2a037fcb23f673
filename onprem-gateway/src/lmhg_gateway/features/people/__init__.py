"""People: who works here, what they may do, how they sign in, and the day they leave."""

from pathlib import Path

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.factors.public import OWING_FACTOR
from lmhg_gateway.features.people import api
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
from lmhg_gateway.features.people.standing import of_week
from lmhg_gateway.features.sign_in.public import RESETS_OF_OTHERS
from lmhg_gateway.web.points import PacketLine
from lmhg_kit.feature import Feature, NavItem, NoteProvider, Permission, SearchProvider

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
            icon="people",
            permission="people.manage",
            order=80,
            primary=False,
        ),
    ),
    search=(SearchProvider(label="People", permission="people.manage", find=find_people),),
    notes=(
        NoteProvider(
            permission="people.manage",
            label="Lost devices to approve",
            href="/people",
            count=RESETS_OF_OTHERS,
            kind="bad",
        ),
        NoteProvider(
            permission="people.manage",
            label="People without a second factor",
            href="/people",
            count=OWING_FACTOR,
            kind="warn",
        ),
    ),
    messages={
        "person": "There is no such person.",
        "roles_changed": "Someone else changed this person's roles after you opened the page.",
        "has_left": "This person has left. Nothing about their access can be changed.",
        "own_account": "Nobody does this to their own account. Ask another administrator.",
        "last_admin": "Nobody could administer afterwards. Give somebody else the role first.",
        "has_signed_in": "This person has signed in already. They can ask for a reset by mail.",
        "reset_gone": "There is no report about a lost device that waits.",
        "device_reset_open": "A lost device is reported already. Another person has to approve it.",
        "device_reset_own": "Somebody else has to do this: not you, and not the person concerned.",
    },
    notices={
        "person.invited": "The letter is on its way. It opens once, for a limited time.",
        "factors.rule": "The rule is changed. People without two-step sign-in are reminded until then.",
        "factors.asked": "Asked. The day stays as it is until a second person approves on the page Decisions.",
        "person.invited_asked": "The invitation is on its way. Admin and compliance count when a second person approves on the page Decisions.",
        "person.roles_asked": "The other roles count now. Admin and compliance count when a second person approves on the page Decisions.",
        "person.roles": "The roles are changed here, and on the portal as soon as they arrive.",
        "person.delay_lifted": "Sign-in can be tried again at once. This is on record.",
        "person.reset_asked": "Reported. Another administrator has to approve it now.",
        "person.reset_approved": "Approved. All second factors and sessions are gone.",
    },
    templates=Path(__file__).parent / "templates",
    permissions=(Permission(name="people.manage", roles=frozenset({ADMIN})),),
    models=(Offboarding,),
    contributes=(
        PacketLine(
            code="offboarding",
            title="People who left",
            question="Did each lose every access?",
            order=110,
            count=of_week,
        ),
    ),
)
