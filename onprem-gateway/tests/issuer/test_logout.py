"""Sign-out that a client begins, and what every client hears of it."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from lmhg_gateway.adapters.backchannel import Backchannel
from lmhg_gateway.features.issuer.notices import RETRY, Notices, Upkeep
from lmhg_gateway.features.issuer.service import Issuer
from lmhg_gateway.features.sessions.open_sessions import end_sessions
from lmhg_gateway.features.tokens.ended import revoke_of_user
from lmhg_gateway.features.tokens.tokens import LOGOUT_EVENT
from lmhg_kit.http.testing import Hands, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the clients of this folder
    AFTER,
    ANA,
    BACKCHANNEL,
    URL,
    Party,
    answer_of,
    code_for,
    csrf_of,
)


class Listener:
    """The relying parties' end: a real HTTP exchange over httpx, with the answers of a script."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.heard: list[tuple[str, str]] = []
        self.channel = Backchannel(httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        form = parse_qs(request.content.decode())
        self.heard.append((str(request.url), form["logout_token"][0]))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 0:
            raise httpx.ConnectError("down")
        return httpx.Response(status)


async def is_signed_in(ana: Signed, party: Party) -> bool:
    """Whether the session at the issuer is valid."""
    return "code" in answer_of(await ana.browser.get(party.ask(prompt="none")[0]))


async def test_own_id_token_signs_out_at_once(ana: Signed, portal: Party, clock: Hands) -> None:
    """Even a token that is long over names the session; and the way back is a registered one."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    clock.turn(minutes=25)
    query = {
        "id_token_hint": token["id_token"], "post_logout_redirect_uri": AFTER, "state": "s 1",
    }  # fmt: skip
    answer = await ana.browser.get("/oauth/logout", params=query)
    assert answer.headers["location"] == f"{AFTER}?state=s+1"
    assert not await is_signed_in(ana, portal)
    again = await ana.browser.get("/oauth/logout", params=query)
    assert again.headers["location"] == f"{AFTER}?state=s+1"


async def test_without_a_hint_the_person_is_asked(ana: Signed, portal: Party) -> None:
    """A link on someone's page signs nobody out; the form needs its token."""
    query = {"client_id": "portal", "post_logout_redirect_uri": AFTER}
    page = await ana.browser.get("/oauth/logout", params=query)
    assert "Sign out everywhere?" in page.text
    assert await is_signed_in(ana, portal)
    fields = {"request": str(httpx.QueryParams(query))}
    bare = await ana.browser.post("/oauth/logout/confirm", data=fields)
    assert bare.status_code == 403
    assert await is_signed_in(ana, portal)
    fields["csrf_token"] = csrf_of(page.text)
    done = await ana.browser.post("/oauth/logout/confirm", data=fields)
    assert done.headers["location"] == AFTER
    assert not await is_signed_in(ana, portal)


async def test_hint_of_another_session_asks_too(ana: Signed, portal: Party, edge: Any) -> None:
    """Someone's old ID token cannot end the session of anyone who opens the link."""
    from lmhg_kit.http.testing import browser_at, sign_in

    from .conftest import BEN  # noqa: TID252 - the people of this folder

    async with browser_at(edge, "203.0.113.6", base_url=URL) as other:
        token = await sign_in(other, edge, "stage:full", account_id=str(BEN))
        given = await portal.redeem(await code_for(portal, Signed(other, token)))
    page = await ana.browser.get("/oauth/logout", params={"id_token_hint": given["id_token"]})
    assert "Sign out everywhere?" in page.text
    bad = await ana.browser.get("/oauth/logout", params={"id_token_hint": "x.y.z"})
    assert bad.status_code == 400


@pytest.fixture
async def ended(ana: Signed, portal: Party, identity_db: Database) -> Callable[[], Awaitable[None]]:
    """Ana signed in at the portal, and anyone who calls this ends her sessions."""
    await portal.redeem(await code_for(portal, ana))

    async def end() -> None:
        async with identity_db.uow(Actor("process: test"), "end") as tx:
            await end_sessions(tx, user_id=ANA)

    return end


async def test_client_hears_of_the_session(
    ended: Callable[[], Awaitable[None]],
    identity_db: Database,
    issuer: Issuer,
    browser: httpx.AsyncClient,
    onprem: PlaneDatabase,
) -> None:
    """One signed token for the one client that has the session, and none twice."""
    [session] = await onprem.run("select id from identity.session")
    await ended()
    listener = Listener()
    notices = Notices(identity_db, issuer, listener.channel.post)
    assert await notices.step() == 1
    assert await notices.step() == 0
    [(address, token)] = listener.heard
    assert address == BACKCHANNEL
    found = KeySet.import_key_set((await browser.get("/oauth/jwks")).json())
    read = jwt.decode(token, found, algorithms=["RS256"])
    assert read.header["typ"] == "logout+jwt"
    claims = read.claims
    assert (claims["aud"], claims["iss"], claims["sub"]) == ("portal", URL, str(ANA))
    assert claims["sid"] == str(session["id"])
    assert claims["events"] == {LOGOUT_EVENT: {}}
    assert "nonce" not in claims


async def test_silent_client_is_told_again(
    ended: Callable[[], Awaitable[None]],
    identity_db: Database,
    issuer: Issuer,
    clock: Hands,
    onprem: PlaneDatabase,
) -> None:
    """The notice waits in the database, longer each time, until someone answers."""
    await ended()
    listener = Listener(0, 503, 302)
    notices = Notices(identity_db, issuer, listener.channel.post)
    clock.turn(minutes=1)
    for wait_s in (2, 4, 8):
        assert await notices.step() == 0
        assert await notices.step() == 0
        clock.turn(seconds=wait_s)
    assert await notices.step() == 1
    assert len(listener.heard) == 4
    [row] = await onprem.run("select attempts, sent_at from identity.logout_notice")
    assert (row["attempts"], row["sent_at"]) == (4, clock())


async def test_dead_client_is_given_up(
    ended: Callable[[], Awaitable[None]],
    identity_db: Database,
    issuer: Issuer,
    clock: Hands,
    onprem: PlaneDatabase,
) -> None:
    """After a night of attempts, and the row says so."""
    await ended()
    notices = Notices(identity_db, issuer, Listener(*[500] * (RETRY.attempts_max + 5)).channel.post)
    for _ in range(RETRY.attempts_max + 3):
        await notices.step()
        clock.turn(minutes=15)
    [row] = await onprem.run("select attempts, given_up_at, sent_at from identity.logout_notice")
    assert (row["attempts"], row["sent_at"]) == (RETRY.attempts_max, None)
    assert row["given_up_at"] is not None


async def test_two_processes_send_one_notice(
    ended: Callable[[], Awaitable[None]], identity_db: Database, issuer: Issuer
) -> None:
    """Who claims it first sends it."""
    await ended()
    listener = Listener()
    both = [Notices(identity_db, issuer, listener.channel.post) for _ in range(2)]
    assert sum(await asyncio.gather(*(each.step() for each in both))) == 1
    assert len(listener.heard) == 1


async def test_person_leaves_and_every_client_hears(
    ana: Signed, portal: Party, identity_db: Database, issuer: Issuer, onprem: PlaneDatabase
) -> None:
    """Offboarding names no session, so none is forgotten; also as the workspace's own role."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    workspace = Database(onprem.url("gw_workspace"), pool_size=1)
    async with workspace.uow(Actor("process: test"), "offboard") as tx:
        assert await revoke_of_user(tx, ANA) == 2
    await workspace.close()
    listener = Listener()
    assert await Notices(identity_db, issuer, listener.channel.post).step() == 2
    headers = {"authorization": f"Bearer {token['access_token']}"}
    assert (await ana.browser.get("/oauth/userinfo", headers=headers)).status_code == 401
    renewal = await portal.post(
        "/oauth/token", grant_type="refresh_token", refresh_token=token["refresh_token"]
    )
    assert renewal.json()["error"] == "invalid_grant"


async def test_upkeep_forgets_what_is_over(
    ended: Callable[[], Awaitable[None]],
    identity_db: Database,
    issuer: Issuer,
    clock: Hands,
    onprem: PlaneDatabase,
) -> None:
    """A month later nothing of the sign-in is left."""
    await ended()
    upkeep = Upkeep(identity_db, issuer)
    await upkeep.step()
    assert await onprem.run("select 1 from identity.revoked_token")
    clock.turn(days=400)
    await upkeep.step()
    for table in ("revoked_token", "session_client", "logout_notice", "authorization_code"):
        assert not await onprem.run(f"select 1 from identity.{table}"), table


@pytest.mark.found(
    "A7", "a sign-out notice is never posted inside, unless a setting names the network"
)
@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/x",
        "http://localhost:{port}/x",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
    ],
)
async def test_notice_is_not_posted_inside(address: str) -> None:
    """No connection is made; with the setting a notice arrives, and its long answer is not read."""
    heard: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\nx")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    guarded, open_one = Backchannel(), Backchannel(allowed=(ip_network("127.0.0.0/8"),))
    try:
        assert await guarded.post(address.format(port=port), "t") == 0
        assert heard == []
        assert await open_one.post(f"http://127.0.0.1:{port}/x", "t") == 200
        assert len(heard) == 1
    finally:
        await guarded.close()
        await open_one.close()
        server.close()
