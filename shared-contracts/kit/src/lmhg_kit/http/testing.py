"""For tests of any web process: sessions in memory, a clock to turn, a browser at an address."""

import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from litestar.routes import HTTPRoute

from lmhg_kit.http.access import SESSION_COOKIE, Gate
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.session import Session, Sessions


class MemorySessions:
    """Sessions in memory: the repository's second implementation."""

    def __init__(self) -> None:
        self.rows: dict[bytes, Session] = {}

    async def insert_session(self, session: Session) -> None:
        """Keep a new session."""
        self.rows[session.token_hash] = session

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The session with this hash."""
        return self.rows.get(token_hash)

    async def touch_session(self, token_hash: bytes, *, at: datetime) -> None:
        """Note the last use."""
        self.rows[token_hash] = msgspec.structs.replace(self.rows[token_hash], last_seen_at=at)

    async def delete_session(self, token_hash: bytes) -> None:
        """End one session."""
        self.rows.pop(token_hash, None)


class Hands:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.at

    def turn(self, **amount: float) -> None:
        """Move on."""
        self.at += timedelta(**amount)


def browser_at(
    edge: Edge, peer: str = "127.0.0.1", *, base_url: str, **headers: str
) -> httpx.AsyncClient:
    """A browser whose socket has this address."""
    transport = httpx.ASGITransport(app=edge, client=(peer, 4711), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers)


async def sign_in(
    browser: httpx.AsyncClient,
    edge: Edge,
    *roles: str,
    account_id: str = "00000000-0000-4000-8000-000000000001",
    display_name: str = "Ana Roy",
    sessions: Sessions | None = None,
) -> str:
    """Sign the browser in with these roles; returns its CSRF token.

    `sessions` begins it where the application itself may not.
    """
    gate: Gate = edge.inner.state["gate"]
    begun_by = sessions or gate.sessions
    if begun_by is None:
        message = "this application has no sessions"
        raise TypeError(message)
    token = await begun_by.begin(
        account_id, display_name=display_name, roles=frozenset(roles), replaces=None
    )
    browser.cookies.set(gate.jar.name(SESSION_COOKIE), token)
    return csrf_token(token)


class Signed:
    """A signed-in browser that sends its token with every form."""

    def __init__(self, browser: httpx.AsyncClient, token: str) -> None:
        self.browser = browser
        self.token = token

    async def get(self, path: str, **query: str) -> httpx.Response:
        """One page."""
        return await self.browser.get(path, params=query or None)

    async def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """One form."""
        return await self.browser.post(path, data={"csrf_token": self.token, **fields})

    async def ask(self, method: str, path: str) -> httpx.Response:
        """Anything else, with the token."""
        return await self.browser.request(method, path, headers={"x-csrf-token": self.token})

    async def follow(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """One form and the page that it leads to. Raises: AssertionError when it is refused."""
        answer = await self.post(path, **fields)
        if answer.status_code != 303:
            message = f"{path} answered {answer.status_code}: {answer.text}"
            raise AssertionError(message)
        return await self.browser.get(answer.headers["location"])


async def allow_faults(edge: Edge, browser: httpx.AsyncClient) -> dict[str, str]:
    """Addresses whose 405 does not name exactly their methods, with what they said instead."""
    faults: dict[str, str] = {}
    for route in edge.inner.routes:
        if not isinstance(route, HTTPRoute):
            continue
        wrong = next(each for each in ("PATCH", "DELETE", "PUT") if each not in route.methods)
        path = re.sub(r"\{\w+:uuid\}", str(uuid.UUID(int=77)), route.path)
        answer = await browser.request(wrong, re.sub(r"\{\w+:\w+\}", "1", path))
        said = answer.headers.get("allow", "")
        if answer.status_code != 405 or set(said.split(", ")) != set(route.methods):
            faults[route.path] = f"{answer.status_code} {said}"
    return faults


Browsers = Callable[..., httpx.AsyncClient]
AsRole = Callable[..., Awaitable[Signed]]
