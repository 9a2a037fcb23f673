"""What other features may ask of sessions."""

from lmhg_gateway.features.sessions.models import Handoff, SignInSession
from lmhg_gateway.features.sessions.open_sessions import end_account, end_sessions, sessions_of
from lmhg_gateway.features.sessions.service import is_token, issue_code
from lmhg_gateway.features.sessions.session_store import IDENTITY, Promotion, SessionStore

__all__ = [
    "IDENTITY",
    "Handoff",
    "Promotion",
    "SessionStore",
    "SignInSession",
    "end_account",
    "end_sessions",
    "is_token",
    "issue_code",
    "sessions_of",
]
