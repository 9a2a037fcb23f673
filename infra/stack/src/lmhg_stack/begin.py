"""Workspace sessions for tests and measurements: begun as the administrator, since no process may."""

from lmhg_gateway.features.sessions.session_store import WORKSPACE, SessionStore
from lmhg_kit.http.session import LIMITS_BY_ROLE, SessionLimits, Sessions
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase


def workspace_sessions(database: PlaneDatabase) -> Sessions:
    """Sessions of the workspace over one database."""
    db = Database(database.url("postgres"), pool_size=1)
    limits = SessionLimits(by_role=LIMITS_BY_ROLE)
    return Sessions(SessionStore(db, WORKSPACE), limits=limits)
