"""The page "Account": who one is here, and where one is signed in."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_kit.errors import NotFound, NotSignedIn
from lmhg_kit.http.access import SESSION_COOKIE, gate_of, needs
from lmhg_kit.http.page import go, page
from lmhg_kit.http.session import Session
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import reading, writing
from lmhg_portal.features.identity import repository, views
from lmhg_portal.features.identity.service import RELYING_PARTY, SESSION_LIMITS

AnyRequest = Request[Any, Any, Any]


@get("/account", opt=needs("account.view"), include_in_schema=False)
async def account(request: AnyRequest) -> Response[Any]:
    """Name, roles, and every session with its device, last use and end."""
    own = _own(request)
    limits = SESSION_LIMITS.of(request)
    async with reading(request, "account.view") as tx:
        found = await repository.sessions_of(tx, uuid.UUID(own.account_id))
    rows = views.session_rows(found, current=own.id)
    return await page(
        request,
        "identity/account.html",
        own=own,
        limit=limits.of(own.roles),
        rows=rows,
        others=len(rows) - 1,
        issuer=RELYING_PARTY.of(request).issuer.client.issuer,
    )


@post("/account/sessions/{session_id:uuid}/end", opt=needs("account.view"), include_in_schema=False)
async def end_one(request: AnyRequest, session_id: FromPath[uuid.UUID]) -> Response[Any]:
    """End one session of one's own. Raises: NotFound for anybody else's."""
    own = _own(request)
    async with writing(request, "account.session_end") as tx:
        # First the word, then the end: the session may be the one that proves who says so.
        await tx.audit("sign_out", kind="account")
        if not await repository.end_session(tx, session_id, user_id=uuid.UUID(own.account_id)):
            raise NotFound("session_gone")
    if str(session_id) == own.id:
        return _left(request)
    return go(request, "/account", notice="session.ended")


@post("/account/sessions/end", opt=needs("account.view"), include_in_schema=False)
async def end_all(request: AnyRequest) -> Response[Any]:
    """End every session of one's own on the portal, this one too."""
    own = _own(request)
    async with writing(request, "account.sessions_end") as tx:
        await tx.audit("sign_out", kind="account")
        await repository.end_sessions(tx, user_id=uuid.UUID(own.account_id), sid="")
    return _left(request)


def _own(request: AnyRequest) -> Session:
    session = visit_of(request).session
    if session is None:
        raise NotSignedIn
    return session


def _left(request: AnyRequest) -> Response[Any]:
    visit_of(request).set_cookies.append(gate_of(request).jar.drop(SESSION_COOKIE))
    return go(request, "/signed-out?here=1")


HANDLERS = (account, end_one, end_all)
