"""Sessions: at the identity process and in the workspace, and how each ends."""

from pathlib import Path

from lmhg_gateway.features.sessions.models import Handoff, SignInSession
from lmhg_gateway.features.sessions.pages import (
    begin,
    lock,
    locked,
    sign_out,
    signed_out,
    start_session,
)
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="sessions",
    app="workspace",
    no_api="Signing in and out is for browsers; programs show access tokens.",
    pages=(begin, start_session, lock, locked, sign_out, signed_out),
    wall=Path(__file__).parent / "wall.sql",
    templates=Path(__file__).parent / "templates",
    help=Path(__file__).parent / "help.md",
    models=(SignInSession, Handoff),
)
