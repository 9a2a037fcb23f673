"""Our own sessions: random id, stored hashed, rotated at sign-in, never chosen by the client."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.session_limits import SessionLimits

TOKEN_BYTES = 32
TOUCH_EVERY = timedelta(seconds=30)
"""A session's last use is written at most this often."""
STEP_UP = timedelta(minutes=10)
"""How long after a full sign-in a sensitive step may be taken without another."""
DEVICE_MAX = 120


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person on one device, as the store keeps it."""

    token_hash: bytes
    account_id: str
    display_name: str
    roles: frozenset[str]
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    id: str = ""
    """Names the session without opening it: the `sid` of OpenID Connect."""
    authenticated_at: datetime | None = None
    """When the person last proved who they are, completely."""
    methods: frozenset[str] = frozenset()
    """How they proved it: pwd, otp, hwk, rc."""
    device: str = ""
    address: str = ""
    parent: str | None = None
    """The id of the session that this one ends with."""
    elevated_until: datetime | None = None
    """While break-glass is open: until when."""
    waits: tuple[int | None, ...] = ()
    """What waits for the person, as it was counted with the session; in the order of the notes."""


class Elevation(NamedTuple):
    """What gives a person one more role for a while, asked in the statement that finds the session."""

    until: str
    """SQL of the moment it ends, null while there is none; `s` is the session and $2 is now."""
    role: str


class SessionRepository(Protocol):
    """Where sessions are kept; each plane has its own."""

    async def insert_session(self, session: Session) -> None:
        """Keep a new session."""
        ...

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash, if its account may still sign in."""
        ...

    async def touch_session(self, token_hash: bytes, *, at: datetime) -> None:
        """Note the last use."""
        ...

    async def delete_session(self, token_hash: bytes) -> None:
        """End one session."""
        ...


class SessionOrigin(NamedTuple):
    """How a person came to a session, and from where."""

    authenticated_at: datetime | None = None
    """None: just now."""
    methods: frozenset[str] = frozenset({"pwd"})
    device: str = ""
    address: str = ""
    parent: str | None = None
    ends_by: datetime | None = None
    """When the parent ends: a child never outlives it."""


PASSWORD_ONLY = SessionOrigin()


def new_token() -> str:
    """A fresh secret of 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> bytes:
    """What the database holds instead of the secret."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class Sessions:
    """Begin, resume and end sessions of one application."""

    def __init__(
        self, store: SessionRepository, *, limits: SessionLimits, clock: Clock = utc_now
    ) -> None:
        self._store = store
        self._limits = limits
        self._clock = clock

    async def begin(
        self,
        account_id: str,
        *,
        display_name: str,
        roles: frozenset[str],
        replaces: str | None,
        origin: SessionOrigin = PASSWORD_ONLY,
    ) -> str:
        """A new session's secret; the one it replaces is gone.

        Only a secret made here is ever accepted, so a planted one cannot be fixed on a person.
        """
        if replaces:
            await self._store.delete_session(hash_token(replaces))
        token, at = new_token(), self._clock()
        ends_at = at + self._limits.of(roles).absolute
        session = Session(
            token_hash=hash_token(token),
            account_id=account_id,
            display_name=display_name,
            roles=roles,
            created_at=at,
            last_seen_at=at,
            expires_at=min(ends_at, origin.ends_by or ends_at),
            id=str(uuid.uuid4()),
            authenticated_at=origin.authenticated_at or at,
            methods=origin.methods,
            device=origin.device[:DEVICE_MAX],
            address=origin.address,
            parent=origin.parent,
        )
        await self._store.insert_session(session)
        return token

    async def resume(self, token: str, *, touch: bool = True) -> Session | None:
        """The live session of this secret; a stale one is ended on the way.

        Without `touch` it is looked at, not used: idle time goes on.
        """
        session = await self._store.find_session(hash_token(token))
        if session is None:
            return None
        at = self._clock()
        limit = self._limits.of(session.roles)
        ends_at = min(session.expires_at, session.created_at + limit.absolute)
        if at >= ends_at or at - session.last_seen_at >= limit.idle:
            await self._store.delete_session(session.token_hash)
            return None
        if touch and at - session.last_seen_at >= TOUCH_EVERY:
            await self._store.touch_session(session.token_hash, at=at)
        return session

    def is_fresh(self, session: Session) -> bool:
        """Whether the person proved who they are within the last ten minutes."""
        proven = session.authenticated_at
        return proven is not None and self._clock() - proven < STEP_UP

    async def end(self, token: str) -> None:
        """End the session of this secret, if there is one."""
        await self._store.delete_session(hash_token(token))
