"""What strangers' clients do, as the standards have it: RFC 6749, 8252, OpenID Connect Core."""

import asyncio
import base64
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, quote_plus, urlsplit

import httpx
import pytest

from lmhg_gateway.app import identity
from lmhg_gateway.features.accounts.passwords import hash_password
from lmhg_gateway.features.issuer import again
from lmhg_gateway.features.issuer.notices import Upkeep
from lmhg_gateway.features.issuer.service import Issuer
from lmhg_gateway.features.oauth_clients.forms import NewClientForm
from lmhg_gateway.features.oauth_clients.public import ClientKind, put_client
from lmhg_gateway.features.tokens import replay
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Hands, Signed, browser_at, sign_in
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.settings import Environment
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the clients of this folder
    ANA,
    BEN,
    SECRET,
    URL,
    VERIFIER,
    Party,
    answer_of,
    code_for,
    put,
)

PASSWORD = "practice-makes-calm"
LOOPBACK = ("http://127.0.0.1/cb", "http://[::1]:7000/cb?x=1")


@pytest.mark.found("d1", "a secret with a space or a plus sign is read as RFC 6749 encodes it")
@pytest.mark.found("A5", "requests are read as the standards say; see d1 to d9")
@pytest.mark.parametrize("space", ["+", "%20"])
async def test_secret_in_a_header_is_form_encoded(
    owner: Database, issuer: Issuer, clock: Hands, browser: httpx.AsyncClient, space: str
) -> None:
    """A space as `+` or `%20`, a plus sign as `%2B`; the plus sign itself is a space."""
    secret = "p l+us:secret" + "s" * 30
    await put(owner, "portal", clock, secret=secret)
    form = {"grant_type": "authorization_code", "code": "x"}

    async def error_with(sent: str) -> str:
        basic = base64.b64encode(f"portal:{sent}".encode()).decode()
        headers = {"authorization": f"Basic {basic}"}
        return (await browser.post("/oauth/token", data=form, headers=headers)).json()["error"]

    assert await error_with(quote_plus(secret).replace("+", space)) == "invalid_grant"
    assert await error_with(quote_plus(secret).replace("%2B", "+")) == "invalid_client"
    for nonsense in ("%ff", "\u00e9", ""):
        assert await error_with(nonsense) == "invalid_client"


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !", "Basic cG9ydGFs", "Digest x", "Basic \u00e9"]
)
async def test_header_that_is_no_proof_is_refused(
    issuer: Issuer, browser: httpx.AsyncClient, header: str
) -> None:
    """Without an error of ours, whatever the answer says."""
    answer = await browser.post(
        "/oauth/token",
        data={"grant_type": "authorization_code"},
        headers=[(b"authorization", header.encode())],
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.found("d3", "an id_token_hint of another person gives login_required, never a code")
@pytest.mark.parametrize("prompt", ["none", ""])
async def test_hint_of_another_person_gives_no_code(
    edge: Edge, ana: Signed, portal: Party, prompt: str
) -> None:
    """The hint of the person who is signed in does; one that is not ours is refused."""
    token = await portal.redeem(await code_for(portal, ana))
    more = {"prompt": prompt} if prompt else {}
    own, _ = portal.ask(id_token_hint=token["id_token"], **more)
    assert "code" in answer_of(await ana.browser.get(own))
    async with browser_at(edge, "203.0.113.6", base_url=URL) as other:
        await sign_in(other, edge, "stage:full", account_id=str(BEN), display_name="Ben Person")
        assert answer_of(await other.get(own))["error"] == "login_required"
    head, body, mac = token["id_token"].split(".")
    forged, _ = portal.ask(id_token_hint=f"{head}.{body}.{mac[::-1]}", **more)
    assert answer_of(await ana.browser.get(forged))["error"] == "invalid_request"


@pytest.fixture
async def native(owner: Database, issuer: Issuer, clock: Hands, edge: Edge) -> Party:
    """A program on someone's computer that listens on a port it happens to get."""
    form = NewClientForm(
        client_id="native",
        kind=ClientKind.PUBLIC,
        name="The native one",
        redirect_uris="\n".join((*LOOPBACK, "http://localhost/cb", "https://127.0.0.1/s")),
    )
    async with owner.uow(Actor("operator"), "client by operator") as tx:
        await put_client(tx, form, secret=None, first_party=True, by="operator", at=clock())
    return Party(edge, "native", None)


@pytest.mark.found("d4", "a registered loopback address is taken with any port")
@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/cb",
        "http://127.0.0.1:51004/cb",
        "http://[::1]:51004/cb?x=1",
        "http://[::1]/cb?x=1",
    ],
)
async def test_port_of_a_loopback_address_is_free(ana: Signed, native: Party, address: str) -> None:
    """RFC 8252, 7.3; the code is exchanged for the exact address that was asked."""
    url, _ = native.ask(redirect_uri=address)
    location = (await ana.browser.get(url)).headers["location"]
    assert location.startswith(address)
    code = parse_qs(urlsplit(location).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    wrong = await native.post("/oauth/token", redirect_uri=LOOPBACK[0] + "/", **form)
    assert wrong.json()["error"] == "invalid_grant"
    right = await native.post("/oauth/token", redirect_uri=address, **form)
    assert right.status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:+1/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.2:51004/cb",
        "http://localhost:51004/cb",
        "https://127.0.0.1:51004/s",
        "http://127.0.0.1:1@evil.test/cb",
        "http://127.0.0.1.evil.test/cb",
        "http://127.0.0.1:51004/cb?x=1",
        "http://127.0.0.1:51004/cb#x",
    ],
)
async def test_nothing_else_of_an_address_is_free(ana: Signed, native: Party, address: str) -> None:
    """Host, path, query, scheme: letter for letter; a name is no loopback address."""
    answer = await ana.browser.get(native.ask(redirect_uri=address)[0])
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def refreshed(portal: Party, token: str, **more: str) -> httpx.Response:
    """One use of a refresh token."""
    return await portal.post(
        "/oauth/token", grant_type="refresh_token", refresh_token=token, **more
    )


@pytest.mark.found("d5", "a refresh token sent twice within ten seconds gets one answer, twice")
async def test_refresh_sent_twice_gets_the_same_answer(
    ana: Signed, portal: Party, clock: Hands
) -> None:
    """At once, and again after a lost answer; the family lives on."""
    first = await portal.redeem(await code_for(portal, ana))
    twice = await asyncio.gather(*(refreshed(portal, first["refresh_token"]) for _ in range(5)))
    clock.turn(seconds=9)
    later = await refreshed(portal, first["refresh_token"])
    assert [answer.status_code for answer in (*twice, later)] == [200] * 6
    assert len({answer.text for answer in (*twice, later)}) == 1
    headers = {"authorization": f"Bearer {later.json()['access_token']}"}
    assert (await ana.browser.get("/oauth/userinfo", headers=headers)).status_code == 200
    assert (await refreshed(portal, later.json()["refresh_token"])).status_code == 200


@pytest.mark.found("d5", "a real second use still ends the family: later, elsewhere or for more")
@pytest.mark.parametrize("how", ["late", "moved on", "other scope"])
async def test_real_reuse_ends_the_family(
    ana: Signed, portal: Party, clock: Hands, how: str
) -> None:
    """After ten seconds, once the next token was used, or with another request."""
    first = await portal.redeem(await code_for(portal, ana))
    newest = (await refreshed(portal, first["refresh_token"])).json()["refresh_token"]
    if how == "moved on":
        newest = (await refreshed(portal, newest)).json()["refresh_token"]
    if how == "late":
        clock.turn(seconds=11)
    more = {"scope": "openid"} if how == "other scope" else {}
    assert (await refreshed(portal, first["refresh_token"], **more)).json()["error"] == (
        "invalid_grant"
    )
    assert (await refreshed(portal, newest)).json()["error"] == "invalid_grant"


async def test_another_client_s_copy_gets_nothing(
    ana: Signed, portal: Party, foreign: Party
) -> None:
    """Not even within the ten seconds; and the owner's answer stays good."""
    first = await portal.redeem(await code_for(portal, ana))
    given = (await refreshed(portal, first["refresh_token"])).json()
    assert (await refreshed(foreign, first["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await refreshed(portal, given["refresh_token"])).status_code == 200


async def test_kept_answer_is_sealed_and_forgotten(
    ana: Signed, portal: Party, clock: Hands, identity_db: Database, onprem: PlaneDatabase
) -> None:
    """The database holds no token in the open, and nothing at all after the ten seconds."""
    first = await portal.redeem(await code_for(portal, ana))
    given = (await refreshed(portal, first["refresh_token"])).json()
    query = "select answer_sealed as a from identity.refresh_token where answer_sealed is not null"
    rows = await onprem.run(query)
    assert len(rows) == 1
    for secret in (given["refresh_token"], given["access_token"]):
        assert secret.encode() not in rows[0]["a"]
    clock.turn(seconds=replay.WITHIN.total_seconds() + 1)
    await Upkeep(identity_db, Issuer(URL, "x", clock)).step()
    assert await onprem.run(query) == []


@pytest.mark.found("d6", "a scope that nobody knows is ignored, and the answer says what was given")
async def test_unknown_scope_is_ignored(ana: Signed, portal: Party) -> None:
    """OpenID Connect Core 3.1.2.1; a scope of ours that the client may not have is refused as before."""
    url, _ = portal.ask(scope="openid profile groups")
    token = await portal.redeem((await ana.browser.get(url)).headers["location"])
    assert token["scope"] == "openid profile"
    refused, _ = portal.ask(scope="openid clients")
    assert answer_of(await ana.browser.get(refused))["error"] == "invalid_scope"


@pytest.mark.found("d9", "a state comes back whole, or the request is refused on a page of ours")
@pytest.mark.parametrize("length", [1000, 1001, 9000])
async def test_state_is_never_cut(ana: Signed, edge: Edge, portal: Party, length: int) -> None:
    """With a code, with a refusal, and after sign-out."""
    state = "s" * length
    good, bad = portal.ask(state=state)[0], portal.ask(state=state, prompt="none login")[0]
    bye = (
        f"/oauth/logout?client_id=portal&post_logout_redirect_uri=https://rp.test/bye&state={state}"
    )
    answers = [await ana.browser.get(url) for url in (good, bad)]
    async with browser_at(edge, "203.0.113.6", base_url=URL) as anybody:
        answers.append(await anybody.get(bye))
    for answer in answers:
        if length <= 1000:
            assert answer.status_code == 303
            assert parse_qs(urlsplit(answer.headers["location"]).query)["state"] == [state]
        else:
            assert answer.status_code == 400
            assert "location" not in answer.headers


@pytest.mark.found("d8", "what only we may say about a request is not believed from outside")
@pytest.mark.parametrize("more", [{"prompt": "login"}, {"max_age": "0"}])
async def test_nobody_else_says_when_we_asked(
    ana: Signed,
    edge: Edge,
    portal: Party,
    clock: Hands,
    onprem: PlaneDatabase,
    *,
    more: dict[str, str],
) -> None:
    """By our old parameter, by a cookie made up, by the cookie of another request."""
    clock.turn(minutes=2)
    session, asked = "lmhg_identity_session", "lmhg_identity_asked"
    secret = ana.browser.cookies[session]

    async def ask(url: str, cookie: str = "") -> tuple[bool, str]:
        """Whether a sign-in is asked for, and the cookie that goes with it."""
        header = f"{session}={secret}" + (f"; {asked}={cookie}" if cookie else "")
        async with browser_at(edge, "203.0.113.5", base_url=URL) as bare:
            answer = await bare.get(url, headers={"cookie": header})
            is_asked = answer.headers["location"].startswith("/sign-in?next=")
            return is_asked, bare.cookies.get(asked) or ""

    url, _ = portal.ask(asked_at="1", **more)
    is_asked, kept = await ask(url)
    assert is_asked
    for cookie in ("1", "A" * 80, kept[:-3]):
        assert (await ask(url, cookie))[0], cookie
    clock.turn(seconds=5)
    await onprem.run("update identity.session set authenticated_at = $1", clock())
    clock.turn(seconds=5)
    assert (await ask(portal.ask(state="another", **more)[0], kept))[0]
    assert not (await ask(url, kept))[0]


async def test_old_cookie_says_nothing_any_more(
    ana: Signed, portal: Party, clock: Hands, onprem: PlaneDatabase
) -> None:
    """Anyone who takes longer than half an hour to sign in is asked once more."""
    clock.turn(minutes=2)
    url, _ = portal.ask(prompt="login")
    await ana.browser.get(url)
    clock.at += again.LIFE
    await onprem.run("update identity.session set authenticated_at = $1", clock())
    clock.turn(seconds=1)
    assert (await ana.browser.get(url)).headers["location"].startswith("/sign-in?")


@pytest.fixture
async def whole(
    identity_db: Database, issuer: Issuer, clock: Hands, onprem: PlaneDatabase
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the whole identity process, and Ana's password."""
    settings = IdentitySettings(
        environment=Environment.DEVELOPMENT,
        site="s1",
        database_url="unused",
        listen="127.0.0.1:0",
        metrics_listen="127.0.0.1:0",
        public_url=URL,
        workspace_url="https://work.test",
        identity_keyring_file=Path("unused"),
    )
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true); update identity.user_account set"
        f" password_hash = '{hash_password(PASSWORD)}' where id = '{ANA}'; end $$"
    )
    edge = identity.build(settings, identity_db, clock=clock)
    number = uuid.uuid4().int % 250
    async with browser_at(edge, f"10.9.8.{number}", base_url=URL) as opened:
        yield opened


async def test_new_sign_in_is_asked_once_and_then_it_is_done(
    whole: httpx.AsyncClient, portal: Party, clock: Hands
) -> None:
    """A minute after signing in, prompt=login asks for the password, and then gives the code."""
    await whole.get("/sign-in")
    pre = csrf_token(whole.cookies["lmhg_identity_pre"])
    form = {"csrf_token": pre, "email": "ana@lmhg.test", "password": PASSWORD}
    assert (await whole.post("/sign-in", data=form)).status_code == 303
    clock.turn(minutes=1)
    url, _ = portal.ask(prompt="login")
    sent = await whole.get((await whole.get(url)).headers["location"])
    assert sent.headers["location"].startswith("/confirm?next=")
    page = await whole.get(sent.headers["location"])
    assert page.status_code == 200
    back = parse_qs(urlsplit(sent.headers["location"]).query)["next"][0]
    token = csrf_token(whole.cookies["lmhg_identity_session"])
    clock.turn(seconds=5)
    done = await whole.post(
        "/confirm", data={"csrf_token": token, "password": PASSWORD, "next": back}
    )
    assert "code" in answer_of(await whole.get(done.headers["location"]))
    assert SECRET


@pytest.mark.found("d7", "HEAD is answered wherever GET is, with the same headers and no body")
async def test_head_is_answered_like_get(ana: Signed, edge: Edge) -> None:
    """Discovery, keys, a page; what has no GET has no HEAD."""
    for path in ("/.well-known/openid-configuration", "/oauth/jwks", "/oauth/authorize"):
        got, headed = await ana.browser.get(path), await ana.browser.head(path)
        assert headed.status_code == got.status_code
        assert headed.content == b""
        assert headed.headers["content-type"] == got.headers["content-type"]
        assert headed.headers["content-length"] == got.headers["content-length"]
    assert (await ana.browser.head("/oauth/token")).status_code == 405
