"""The ways that work, by Authlib's own client: sign-in, renewal, revocation, userinfo, programs."""

from typing import Any

import httpx
import pytest
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.jwk import KeySet

from lmhg_gateway.features.issuer.service import Issuer
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Hands, Signed
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the clients of this folder
    ANA,
    AUDIENCE,
    CALLBACK,
    SECRET,
    URL,
    Party,
    answer_of,
    code_for,
    csrf_of,
    grant_scopes,
)


async def claims_of(browser: httpx.AsyncClient, token: str) -> dict[str, Any]:
    """The claims of a token, its signature checked with the published keys."""
    found = (await browser.get("/oauth/jwks")).json()
    return jwt.decode(token, KeySet.import_key_set(found), algorithms=["RS256"]).claims


async def test_metadata_is_complete(browser: httpx.AsyncClient, issuer: Issuer) -> None:
    """Authlib finds nothing missing or contradictory, and each address answers."""
    found = (await browser.get("/.well-known/openid-configuration")).json()
    secure = {
        k: v.replace("http:", "https:") if isinstance(v, str) else v for k, v in found.items()
    }
    OpenIDProviderMetadata(secure).validate()
    assert found["issuer"] == URL
    for name, address in found.items():
        if name.endswith(("_endpoint", "_uri")):
            assert (await browser.get(address)).status_code not in (404, 500), name
    jwks = (await browser.get("/oauth/jwks")).json()["keys"]
    assert [sorted(key) for key in jwks] == [["alg", "e", "kid", "kty", "n", "use"]]


async def test_code_gives_tokens_of_this_sign_in(ana: Signed, portal: Party) -> None:
    """ID token and access token say who, for whom, since when and for how long; userinfo agrees."""
    token = await portal.redeem(await code_for(portal, ana))
    claims = await claims_of(ana.browser, token["id_token"])
    told = CodeIDToken(claims, {"alg": "RS256"}, params={"nonce": "n-1", "client_id": "portal"})
    told.validate(now=claims["iat"])
    assert (claims["sub"], claims["aud"], claims["iss"]) == (str(ANA), "portal", URL)
    assert claims["exp"] - claims["iat"] == 600
    assert claims["amr"] == ["pwd"]
    assert claims["sid"]
    access = await claims_of(ana.browser, token["access_token"])
    assert (access["aud"], access["client_id"], access["exp"] - access["iat"]) == (
        URL,
        "portal",
        600,
    )
    answer = await portal.oauth.get(f"{URL}/oauth/userinfo")
    assert answer.json() == {"sub": str(ANA), "name": "Ana Person", "email": "ana@lmhg.test"}


async def test_refresh_gives_the_next_pair(ana: Signed, portal: Party, clock: Hands) -> None:
    """The sign-in it tells of stays the first one."""
    first = dict(await portal.redeem(await code_for(portal, ana)))
    clock.turn(minutes=9)
    second = await portal.oauth.refresh_token(f"{URL}/oauth/token")
    assert second["refresh_token"] != first["refresh_token"]
    old, new = [await claims_of(ana.browser, each["id_token"]) for each in (first, second)]
    assert (new["auth_time"], new["sub"]) == (old["auth_time"], old["sub"])
    assert new["exp"] == old["exp"] + 540
    assert "nonce" not in new


async def test_public_client_needs_no_secret(edge: Edge, ana: Signed) -> None:
    """The verifier alone proves that the code is its own."""
    phone = Party(edge, "phone", None)
    token = await phone.redeem(await code_for(phone, ana))
    assert token["access_token"]


async def test_revoked_tokens_are_over(ana: Signed, portal: Party) -> None:
    """A refresh token takes its family and the access token with it; a second time is fine too."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    assert (await portal.oauth.get(f"{URL}/oauth/userinfo")).status_code == 200
    for _ in range(2):
        answer = await portal.oauth.revoke_token(
            f"{URL}/oauth/revoke", token=token["refresh_token"]
        )
        assert answer.status_code == 200
    assert (await portal.oauth.get(f"{URL}/oauth/userinfo")).status_code == 401
    again = await portal.post(
        "/oauth/token", grant_type="refresh_token", refresh_token=token["refresh_token"]
    )
    assert again.json()["error"] == "invalid_grant"


async def test_revoked_access_token_is_over(ana: Signed, portal: Party) -> None:
    """The refresh token beside it goes on."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    await portal.oauth.revoke_token(f"{URL}/oauth/revoke", token=token["access_token"])
    assert (await portal.oauth.get(f"{URL}/oauth/userinfo")).status_code == 401
    again = await portal.post(
        "/oauth/token", grant_type="refresh_token", refresh_token=token["refresh_token"]
    )
    assert again.status_code == 200


async def test_introspection_tells_the_owner_alone(
    ana: Signed, portal: Party, foreign: Party, clock: Hands
) -> None:
    """Active for its own client, unknown to another, over when its time is."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    for each in ("access_token", "refresh_token"):
        told = (await portal.post("/oauth/introspect", token=token[each])).json()
        assert (told["active"], told["client_id"], told["sub"]) == (True, "portal", str(ANA))
        other = await foreign.post("/oauth/introspect", token=token[each])
        assert other.json() == {"active": False}
    assert (await portal.post("/oauth/introspect", token="nonsense")).json() == {"active": False}
    clock.turn(minutes=13)
    late = await portal.post("/oauth/introspect", token=token["access_token"])
    assert late.json() == {"active": False}


async def test_ended_session_ends_its_tokens(
    ana: Signed, portal: Party, onprem: PlaneDatabase
) -> None:
    """Anyone who ends the session, even in the database: userinfo and renewal stop at once."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    await onprem.run("delete from identity.session")
    assert (await portal.oauth.get(f"{URL}/oauth/userinfo")).status_code == 401
    again = await portal.post(
        "/oauth/token", grant_type="refresh_token", refresh_token=token["refresh_token"]
    )
    assert again.json()["error"] == "invalid_grant"


async def test_program_gets_its_scopes(edge: Edge, onprem: PlaneDatabase, ana: Signed) -> None:
    """Client credentials: the client is the subject, the workspace's API the audience."""
    await grant_scopes(onprem, "robot", "referrals", "clients")
    robot = Party(edge, "robot", SECRET)
    answer = await robot.post("/oauth/token", grant_type="client_credentials", scope="referrals")
    assert answer.json()["scope"] == "referrals"
    claims = await claims_of(ana.browser, answer.json()["access_token"])
    assert (claims["sub"], claims["aud"]) == ("robot", AUDIENCE)
    every = await robot.post("/oauth/token", grant_type="client_credentials")
    assert every.json()["scope"] == "clients referrals"
    more = await robot.post("/oauth/token", grant_type="client_credentials", scope="announcements")
    assert more.json()["error"] == "invalid_scope"
    assert "refresh_token" not in every.json()


async def test_stranger_signs_in_first(browser: httpx.AsyncClient, portal: Party) -> None:
    """The form comes back to the same request; a client that wants no form hears so."""
    url, _ = portal.ask()
    answer = await browser.get(url)
    assert answer.headers["location"].startswith("/sign-in?next=%2Foauth%2Fauthorize%3F")
    silent = answer_of(await browser.get(portal.ask(prompt="none")[0]))
    assert silent["error"] == "login_required"


@pytest.mark.parametrize("more", [{"prompt": "login"}, {"max_age": "60"}])
async def test_old_sign_in_is_renewed_on_demand(
    ana: Signed, portal: Party, clock: Hands, more: dict[str, str]
) -> None:
    """After the form, the newer sign-in satisfies; before it, even the right person has to go."""
    clock.turn(minutes=2)
    url, _ = portal.ask(**more)
    answer = await ana.browser.get(url)
    assert answer.headers["location"].startswith("/sign-in?next=")
    assert "fresh=again" in answer.headers["location"]
    assert "code" in answer_of(await ana.browser.get(portal.ask(max_age="3600")[0]))


async def test_form_is_left_after_a_new_sign_in(
    ana: Signed, portal: Party, clock: Hands, onprem: PlaneDatabase
) -> None:
    """No loop: the address that the form returns to knows when it was left."""
    clock.turn(minutes=2)
    from urllib.parse import parse_qs, urlsplit

    sent = (await ana.browser.get(portal.ask(prompt="login")[0])).headers["location"]
    back = parse_qs(urlsplit(sent).query)["next"][0]
    clock.turn(seconds=20)
    await onprem.run("update identity.session set authenticated_at = $1", clock())
    assert "code" in answer_of(await ana.browser.get(back))


async def test_consent_is_asked_once(ana: Signed, foreign: Party) -> None:
    """The page names the client and what it asks; silent clients hear that it is needed."""
    silent = answer_of(await ana.browser.get(foreign.ask(prompt="none")[0]))
    assert silent["error"] == "consent_required"
    url, state = foreign.ask()
    page = await ana.browser.get(url)
    assert page.status_code == 200
    assert "Allow The foreign?" in page.text
    assert "see your email address" in page.text
    assert "form-action 'self' https://rp.test" in page.headers["content-security-policy"]
    request = url.partition("?")[2]
    fields = {"csrf_token": csrf_of(page.text), "request": request}
    denied = await ana.browser.post("/oauth/consent", data={**fields, "decision": "deny"})
    assert answer_of(denied) == {
        "error": "access_denied",
        "error_description": answer_of(denied)["error_description"],
        "state": state,
        "iss": URL,
    }
    allowed = await ana.browser.post("/oauth/consent", data={**fields, "decision": "allow"})
    token = await foreign.redeem(allowed.headers["location"])
    assert token["id_token"]
    assert "code" in answer_of(await ana.browser.get(foreign.ask()[0]))
    again = await ana.browser.get(foreign.ask(prompt="consent")[0])
    assert "Allow The foreign?" in again.text


async def test_request_by_form_goes_the_same_way(ana: Signed, portal: Party) -> None:
    """POST is answered with the address of the same request."""
    url, _ = portal.ask()
    fields = dict(httpx.URL(url).params)
    answer = await ana.browser.post("/oauth/authorize", data=fields)
    assert answer.status_code == 303
    assert "code" in answer_of(await ana.browser.get(answer.headers["location"]))


async def test_state_comes_back_letter_for_letter(ana: Signed, portal: Party) -> None:
    """Also one with everything that an address has to quote."""
    odd = ' a&b=c+d%20é"<\t'
    url, _ = portal.ask(state=odd)
    answer = answer_of(await ana.browser.get(url))
    assert (answer["state"], answer["iss"]) == (odd, URL)
    assert CALLBACK
