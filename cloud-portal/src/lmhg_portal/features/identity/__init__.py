"""Accounts and sessions of the portal."""

from pathlib import Path

from lmhg_contracts.roles import EVERYONE
from lmhg_kit.feature import Feature, NavItem, Permission
from lmhg_portal.features.identity import account_pages
from lmhg_portal.features.identity.models import SeenLogoutToken, SignInRequest, SignInSession
from lmhg_portal.features.identity.pages import back_channel, begin, finish, sign_out, signed_out

FEATURE = Feature(
    name="identity",
    app="portal",
    no_api="Signing in and out is for browsers.",
    pages=(begin, finish, sign_out, signed_out, back_channel, *account_pages.HANDLERS),
    nav=(
        NavItem(
            label="Account",
            path="/account",
            icon="person",
            permission="account.view",
            order=90,
            primary=False,
        ),
    ),
    messages={"session_gone": "We can't find this session. It may have ended already."},
    notices={
        "session.ended": "Session ended.",
        "sessions.ended": "All other sessions ended.",
    },
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    permissions=(Permission(name="account.view", roles=EVERYONE),),
    models=(
        SignInSession,
        SignInRequest,
        SeenLogoutToken,
    ),
)
