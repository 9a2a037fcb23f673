"""Hydra's admin API as we use it: the same walk with the stand-in and with the real one."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from lmhg_gateway.adapters.hydra import AlreadyAnswered, Client, Hydra, HydraRefused

from .conftest import Place  # noqa: TID252 - the fixtures of this folder

ANA = "00000000-0000-4000-8000-000000000001"
CALLBACK = "http://portal.test/callback"
PORTAL = Client(
    client_id="portal",
    client_name="Portal",
    client_secret="an invented secret",
    redirect_uris=[CALLBACK],
    grant_types=["authorization_code"],
    response_types=["code"],
    scope="openid profile email",
)


@pytest.fixture
async def hydra(hydra_place: Place) -> AsyncIterator[Hydra]:
    """The adapter at a running Hydra that knows the portal."""
    adapter = Hydra(hydra_place.admin)
    await adapter.put_client(PORTAL)
    yield adapter
    await adapter.close()


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    """A browser that keeps cookies and follows nothing by itself."""
    async with httpx.AsyncClient(follow_redirects=False) as opened:
        yield opened


def challenge_in(location: str, step: str) -> str:
    """The challenge that a redirect carries."""
    return parse_qs(urlsplit(location).query)[f"{step}_challenge"][0]


async def asked_for_login(browser: httpx.AsyncClient, place: Place) -> str:
    """A login challenge, begun by a client."""
    query = {
        "client_id": "portal", "redirect_uri": CALLBACK, "response_type": "code",
        "scope": "openid profile", "state": "a-state-of-the-client",
    }  # fmt: skip
    answer = await browser.get(f"{place.public}/oauth2/auth", params=query)
    assert answer.headers["location"].startswith(f"{place.ui}/hydra/login")
    return challenge_in(answer.headers["location"], "login")


async def asked_for_consent(browser: httpx.AsyncClient, place: Place, hydra: Hydra) -> str:
    """A consent challenge, after Ana has signed in."""
    challenge = await asked_for_login(browser, place)
    target = await hydra.accept_login(
        challenge, subject=ANA, session_id="session-1", methods=["otp", "pwd"]
    )
    answer = await browser.get(target)
    return challenge_in(answer.headers["location"], "consent")


async def test_a_code_comes_out_of_login_and_consent(
    hydra: Hydra, hydra_place: Place, browser: httpx.AsyncClient
) -> None:
    """Login, consent, code, token, introspection; then the session ends and the token with it."""
    challenge = await asked_for_consent(browser, hydra_place, hydra)
    asked = await hydra.consent_request(challenge)
    assert (asked.subject, asked.client.client_name) == (ANA, "Portal")
    assert asked.requested_scope == ["openid", "profile"]
    target = await hydra.accept_consent(
        asked, scopes=["openid", "profile"], claims={"name": "Ana Roy"}, remember=True
    )
    answer = await browser.get(target)
    landed = parse_qs(urlsplit(answer.headers["location"]).query)
    assert landed["state"] == ["a-state-of-the-client"]
    form = {
        "grant_type": "authorization_code", "code": landed["code"][0], "redirect_uri": CALLBACK,
    }  # fmt: skip
    token = await browser.post(
        f"{hydra_place.public}/oauth2/token", data=form, auth=("portal", "an invented secret")
    )
    access = token.json()["access_token"]
    found = await hydra.introspect(access)
    assert (found.active, found.sub, found.client_id) == (True, ANA, "portal")
    await hydra.end_sessions(ANA)
    assert (await hydra.introspect(access)).active is False


async def test_an_answered_challenge_says_where_the_browser_belongs(
    hydra: Hydra, hydra_place: Place, browser: httpx.AsyncClient
) -> None:
    """Reloading an old login page leads on, not to an error."""
    challenge = await asked_for_login(browser, hydra_place)
    asked = await hydra.login_request(challenge)
    assert (asked.skip, asked.client.client_id) == (False, "portal")
    target = await hydra.accept_login(challenge, subject=ANA, session_id="s", methods=["pwd"])
    await browser.get(target)
    assert await where_it_belongs(hydra, challenge) in (None, hydra_place.public)


async def where_it_belongs(hydra: Hydra, challenge: str) -> str | None:
    """Where an answered login challenge leads; None where Hydra answers it once more (since 2.2)."""
    try:
        await hydra.login_request(challenge)
    except AlreadyAnswered as done:
        parts = urlsplit(done.redirect_to)
        return f"{parts.scheme}://{parts.netloc}"
    return None


async def test_a_refusal_reaches_the_client_as_an_error(
    hydra: Hydra, hydra_place: Place, browser: httpx.AsyncClient
) -> None:
    """No code is issued to a client that the person did not allow."""
    challenge = await asked_for_consent(browser, hydra_place, hydra)
    target = await hydra.reject("consent", challenge, error="access_denied")
    answer = await browser.get(target)
    landed = parse_qs(urlsplit(answer.headers["location"]).query)
    assert landed["error"] == ["access_denied"]
    assert "code" not in landed


async def test_logout_asks_and_leaves(
    hydra: Hydra, hydra_place: Place, browser: httpx.AsyncClient
) -> None:
    """A logout without a session of Hydra's ends at the page that says so."""
    await asked_for_consent(browser, hydra_place, hydra)
    answer = await browser.get(f"{hydra_place.public}/oauth2/sessions/logout")
    if "logout_challenge" not in answer.headers["location"]:
        return  # the real one has nothing to ask somebody whom it does not remember
    challenge = challenge_in(answer.headers["location"], "logout")
    asked = await hydra.logout_request(challenge)
    assert asked.rp_initiated is False
    assert "logout_verifier" in await hydra.accept_logout(challenge)


async def test_clients_are_kept_replaced_and_removed(hydra: Hydra) -> None:
    """A replacement without a secret keeps the old one; a removed client is gone."""
    changed = Client(
        client_id="portal", client_name="The portal", redirect_uris=[CALLBACK],
        grant_types=["authorization_code"], response_types=["code"], scope="openid",
    )  # fmt: skip
    assert (await hydra.put_client(changed)).client_name == "The portal"
    assert [each.client_id for each in await hydra.clients()] == ["portal"]
    await hydra.delete_client("portal")
    assert await hydra.clients() == []
    await hydra.delete_client("portal")


async def test_a_new_key_joins_the_old_ones(
    hydra: Hydra, hydra_place: Place, browser: httpx.AsyncClient
) -> None:
    """Rotation adds a public key and removes none."""
    before = (await browser.get(f"{hydra_place.public}/.well-known/jwks.json")).json()["keys"]
    await hydra.rotate_keys()
    after = (await browser.get(f"{hydra_place.public}/.well-known/jwks.json")).json()["keys"]
    assert len(after) == len(before) + 1
    assert {key["kid"] for key in before} <= {key["kid"] for key in after}


async def test_a_dead_hydra_is_named_by_phase_alone() -> None:
    """The error says which step failed, and nothing of what was asked."""
    adapter = Hydra("http://127.0.0.1:9")
    with pytest.raises(HydraRefused) as refused:
        await adapter.introspect("a-secret-token")
    await adapter.close()
    assert refused.value.phase == "introspect"
    assert "a-secret-token" not in repr(refused.value.__cause__) + str(refused.value)


async def test_an_unknown_challenge_is_refused(hydra: Hydra) -> None:
    """A made-up challenge opens nothing."""
    with pytest.raises(HydraRefused):
        await hydra.login_request("made-up")
