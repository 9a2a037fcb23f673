"""What the rest of the workspace may ask of break-glass."""

import uuid
from datetime import datetime

import msgspec

from lmhg_gateway.features.break_glass.repository import open_until
from lmhg_gateway.features.break_glass.rules import ROLE
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.session import Session, SessionRepository
from lmhg_kit.persistence import Database


class WithBreakGlass:
    """Sessions whose roles grow while the person's glass is broken, and shrink when it is over."""

    def __init__(self, inner: SessionRepository, db: Database, *, clock: Clock = utc_now) -> None:
        self._inner = inner
        self._db = db
        self._clock = clock

    async def insert_session(self, session: Session) -> None:
        """Keep a new session."""
        await self._inner.insert_session(session)

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash, with what break-glass adds at this moment."""
        session = await self._inner.find_session(token_hash)
        if session is None:
            return None
        until = await open_until(self._db, uuid.UUID(session.account_id), at=self._clock())
        if until is None:
            return session
        roles = session.roles | {ROLE}
        return msgspec.structs.replace(session, roles=roles, elevated_until=until)

    async def touch_session(self, token_hash: bytes, *, at: datetime) -> None:
        """Note the last use."""
        await self._inner.touch_session(token_hash, at=at)

    async def delete_session(self, token_hash: bytes) -> None:
        """End one session."""
        await self._inner.delete_session(token_hash)
