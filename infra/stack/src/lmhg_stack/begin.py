"""Workspace sessions for tests and measurements: begun as the administrator, since no process may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from lmhg_gateway.features.sessions.session_store import WORKSPACE, SessionStore
from lmhg_kit.http.session import Session, Sessions
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase


class _AsAdministrator:
    """The session repository, with a connection of its own for each act: nothing is left open."""

    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def _store(self) -> AsyncIterator[SessionStore]:
        db = Database(self._url, pool_size=1)
        try:
            yield SessionStore(db, WORKSPACE)
        finally:
            await db.close()

    async def insert_session(self, session: Session) -> None:
        """Keep a new session."""
        async with self._store() as store:
            await store.insert_session(session)

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash, if its account may still sign in."""
        async with self._store() as store:
            return await store.find_session(token_hash)

    async def touch_session(self, token_hash: bytes, *, at: datetime) -> None:
        """Note the last use."""
        async with self._store() as store:
            await store.touch_session(token_hash, at=at)

    async def delete_session(self, token_hash: bytes) -> None:
        """End one session."""
        async with self._store() as store:
            await store.delete_session(token_hash)


def workspace_sessions(database: PlaneDatabase) -> Sessions:
    """Sessions of the workspace over one database."""
    limits = SessionLimits(by_role=LIMITS_BY_ROLE)
    return Sessions(_AsAdministrator(database.url("postgres")), limits=limits)
