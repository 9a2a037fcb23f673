"""Each attack is refused, and succeeds when its one check is taken away: so the check is what holds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lmhg_gateway.features.issuer import client_proof, logout, rules, service
from lmhg_gateway.features.oauth_clients.public import ClientKind
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Hands, Signed
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the clients of this folder
    CALLBACK,
    OTHER_SECRET,
    SECRET,
    URL,
    VERIFIER,
    Party,
    answer_of,
    code_for,
    put,
)

Cut = Callable[[object, str, object], None]
EVIL = "https://evil.test/callback"


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Cut:
    """Takes one check away."""
    return monkeypatch.setattr


def allow(*_: Any, **__: Any) -> bool:
    """A check that lets everything pass."""
    return True


def deny(*_: Any, **__: Any) -> bool:
    """A question that is always answered with no."""
    return False


def nothing(*_: Any, **__: Any) -> None:
    """A check that looks at nothing."""


async def redeem(party: Party, location: str, **more: str) -> dict[str, Any]:
    """What the token endpoint says to a code."""
    code = location.split("code=")[1].split("&", maxsplit=1)[0]
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER, **more,
    }  # fmt: skip
    return (await party.post("/oauth/token", **form)).json()


async def test_missing_challenge_is_refused(ana: Signed, cut: Cut) -> None:
    """Neither none nor plain will do."""
    bare = {
        "client_id": "portal", "redirect_uri": CALLBACK, "response_type": "code",
        "scope": "openid", "state": "s",
    }  # fmt: skip
    plain = {**bare, "code_challenge": VERIFIER[:43], "code_challenge_method": "plain"}
    for query in (bare, plain):
        answer = answer_of(await ana.browser.get("/oauth/authorize", params=query))
        assert (answer["error"], answer["iss"]) == ("invalid_request", URL)
    cut(rules, "check_challenge", nothing)
    assert "code" in answer_of(await ana.browser.get("/oauth/authorize", params=bare))


@pytest.mark.parametrize("verifier", ["w" * 64, "", "short"])
async def test_wrong_verifier_is_refused(
    ana: Signed, portal: Party, cut: Cut, verifier: str
) -> None:
    """A stolen code is worth nothing without it."""
    location = await code_for(portal, ana)
    refused = await redeem(portal, location, code_verifier=verifier)
    assert refused["error"] == "invalid_grant"
    cut(rules, "check_verifier", nothing)
    assert "access_token" in await redeem(portal, location, code_verifier=verifier)


@pytest.mark.parametrize(
    "address",
    [EVIL, CALLBACK + "/", CALLBACK + "?x=1", CALLBACK.upper(), "https://rp.test.evil.test/callback", "//evil.test"],
)  # fmt: skip
async def test_unregistered_address_is_never_gone_to(
    ana: Signed, portal: Party, cut: Cut, address: str
) -> None:
    """A page here, and no redirect: letter for letter or not at all."""
    url, _ = portal.ask(redirect_uri=address)
    page = await ana.browser.get(url)
    assert page.status_code == 400
    assert "location" not in page.headers
    assert "not on its list" in page.text
    cut(rules, "is_registered_uri", allow)
    gone = (await ana.browser.get(url)).headers["location"]
    assert gone.lower().startswith(address.lower())


async def test_address_of_the_request_is_asked_again(ana: Signed, portal: Party) -> None:
    """The token endpoint wants the exact address that the code went to."""
    location = await code_for(portal, ana)
    refused = await redeem(portal, location, redirect_uri=EVIL)
    assert refused["error"] == "invalid_grant"
    assert "access_token" in await redeem(portal, location)


async def test_replayed_code_takes_its_tokens_back(
    ana: Signed, portal: Party, cut: Cut, onprem: PlaneDatabase
) -> None:
    """The second use is refused, and what the first gave is over."""
    location = await code_for(portal, ana)
    given = await redeem(portal, location)
    headers = {"authorization": f"Bearer {given['access_token']}"}
    assert (await ana.browser.get("/oauth/userinfo", headers=headers)).status_code == 200
    assert (await redeem(portal, location))["error"] == "invalid_grant"
    assert (await ana.browser.get("/oauth/userinfo", headers=headers)).status_code == 401
    renewal = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    assert (await portal.post("/oauth/token", **renewal)).json()["error"] == "invalid_grant"
    noted = await onprem.run("select outcome from audit.event where act = 'code_replay'")
    assert [row["outcome"] for row in noted] == ["refused"]
    cut(service, "is_spent", deny)
    assert "access_token" in await redeem(portal, location)


async def test_reused_refresh_token_ends_the_family(
    ana: Signed, portal: Party, cut: Cut, clock: Hands
) -> None:
    """Thief and owner both hold a copy: anyone who comes second ends it for both."""
    first = await redeem(portal, await code_for(portal, ana))
    old = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await portal.post("/oauth/token", **old)).json()
    clock.turn(seconds=11)
    assert (await portal.post("/oauth/token", **old)).json()["error"] == "invalid_grant"
    newest = {"grant_type": "refresh_token", "refresh_token": second["refresh_token"]}
    assert (await portal.post("/oauth/token", **newest)).json()["error"] == "invalid_grant"
    headers = {"authorization": f"Bearer {second['access_token']}"}
    assert (await ana.browser.get("/oauth/userinfo", headers=headers)).status_code == 401
    again = await redeem(portal, await code_for(portal, ana))
    cut(service, "is_spent", deny)
    copy = {"grant_type": "refresh_token", "refresh_token": again["refresh_token"]}
    for _ in range(2):
        assert (await portal.post("/oauth/token", **copy)).status_code == 200


async def test_code_of_another_client_is_refused(
    ana: Signed, portal: Party, foreign: Party, cut: Cut
) -> None:
    """Proven as itself, with the verifier, and still not its code."""
    location = await code_for(portal, ana)
    assert (await redeem(foreign, location))["error"] == "invalid_grant"
    cut(service, "is_own", allow)
    assert "access_token" in await redeem(foreign, location)


@pytest.mark.parametrize("secret", [OTHER_SECRET, "", "x" * 43, SECRET + "x"])
async def test_secret_of_another_client_is_refused(
    edge: Edge, ana: Signed, portal: Party, cut: Cut, secret: str
) -> None:
    """By form and by header; a client with a secret cannot leave it away either."""
    location = await code_for(portal, ana)
    thief = Party(edge, "portal", secret)
    assert (await redeem(thief, location))["error"] == "invalid_client"
    basic = await ana.browser.post(
        "/oauth/token", auth=("portal", secret), data={"grant_type": "authorization_code"}
    )
    assert (basic.status_code, basic.json()["error"]) == (401, "invalid_client")
    assert basic.headers["www-authenticate"].startswith("Basic")
    cut(client_proof, "is_proven", allow)
    assert "access_token" in await redeem(thief, location)


async def test_two_proofs_at_once_are_refused(ana: Signed, portal: Party) -> None:
    """RFC 6749 allows one way of proof a request."""
    form = {"grant_type": "authorization_code", "client_id": "portal", "client_secret": SECRET}
    answer = await ana.browser.post("/oauth/token", auth=("portal", SECRET), data=form)
    assert answer.json()["error"] == "invalid_request"


async def test_disabled_client_is_out(
    ana: Signed, portal: Party, cut: Cut, onprem: PlaneDatabase
) -> None:
    """No sign-in, no token, no renewal, no userinfo, from the moment it is disabled."""
    given = await redeem(portal, await code_for(portal, ana))
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " update identity.oauth_client set active = false where client_id = 'portal'; end $$"
    )
    assert (await ana.browser.get(portal.ask()[0])).status_code == 400
    renewal = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    assert (await portal.post("/oauth/token", **renewal)).json()["error"] == "invalid_client"
    headers = {"authorization": f"Bearer {given['access_token']}"}
    assert (await ana.browser.get("/oauth/userinfo", headers=headers)).status_code == 401
    cut(client_proof, "is_enabled", allow)
    assert "access_token" in (await portal.post("/oauth/token", **renewal)).json()


async def test_old_secret_works_until_its_end(
    edge: Edge, ana: Signed, clock: Hands, onprem: PlaneDatabase, portal: Party
) -> None:
    """Two secrets overlap for the set time; then the old one is no secret any more."""
    await onprem.run(
        "update identity.client_secret set ends_at = $1 where client ="
        " (select id from identity.oauth_client where client_id = 'portal')",
        clock() + timedelta(hours=1),
    )
    await onprem.run(
        "insert into identity.client_secret (id, client, secret_hash) select gen_random_uuid(),"
        " id, sha256($1) from identity.oauth_client where client_id = 'portal'",
        b"n" * 43,
    )
    renewed = Party(edge, "portal", "n" * 43)
    for party in (portal, renewed):
        assert "access_token" in await redeem(party, await code_for(party, ana))
    location = await code_for(portal, ana)
    clock.turn(seconds=59)
    assert "access_token" in await redeem(portal, location)
    clock.turn(hours=1)
    late = (await portal.post("/oauth/token", grant_type="refresh_token")).json()
    assert late["error"] == "invalid_client"
    assert (await renewed.post("/oauth/token", grant_type="refresh_token")).json()[
        "error"
    ] == "invalid_grant"


async def test_late_code_is_refused(ana: Signed, portal: Party, clock: Hands) -> None:
    """A minute, not more."""
    location = await code_for(portal, ana)
    clock.turn(seconds=60)
    assert (await redeem(portal, location))["error"] == "invalid_grant"


async def test_kinds_keep_to_their_grants(edge: Edge, ana: Signed, portal: Party) -> None:
    """A program signs nobody in, and a relying party gets no token of its own."""
    own = await portal.post("/oauth/token", grant_type="client_credentials")
    assert own.json()["error"] == "unauthorized_client"
    unknown = await portal.post("/oauth/token", grant_type="password")
    assert unknown.json()["error"] == "unsupported_grant_type"
    robot = Party(edge, "robot", SECRET)
    bare = await robot.post("/oauth/token", grant_type="client_credentials")
    assert bare.json()["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"scope": "openid clients"}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": "x.y.z"}, "request_not_supported"),
        ({"request_uri": "https://rp.test/r"}, "request_uri_not_supported"),
        ({"nonce": "n" * 300}, "invalid_request"),
    ],
)
async def test_bad_request_is_told_to_the_client(
    ana: Signed, portal: Party, more: dict[str, str], error: str
) -> None:
    """With the state and our name, so that no other issuer's answer can be mistaken for it."""
    url, state = portal.ask(**more)
    answer = answer_of(await ana.browser.get(url))
    assert (answer["error"], answer["state"], answer["iss"]) == (error, state, URL)


async def test_doubled_parameter_is_refused(ana: Signed, portal: Party) -> None:
    """Two readers could take two different ones."""
    url, _ = portal.ask()
    assert answer_of(await ana.browser.get(url + "&scope=openid"))["error"] == "invalid_request"
    assert (await ana.browser.get(url + f"&redirect_uri={EVIL}")).status_code == 400
    assert (await ana.browser.get(url + "&client_id=foreign")).status_code == 400


def other_issuer(address: str, answer: dict[str, str], *, issuer: str) -> str:
    """An answer without our name, as issuers gave it before RFC 9207."""
    return rules.with_query(address, answer)


def accepts(location: str, *, expected: str) -> bool:
    """What a relying party with several issuers asks of an answer."""
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(location).query).get("iss") == [expected]


async def test_answer_names_its_issuer(ana: Signed, portal: Party, cut: Cut) -> None:
    """Against mix-up: a party that asked someone else sees that the answer is ours."""
    location = (await ana.browser.get(portal.ask()[0])).headers["location"]
    assert accepts(location, expected=URL)
    assert not accepts(location, expected="https://other.test")
    cut(rules, "answer_url", other_issuer)
    location = (await ana.browser.get(portal.ask()[0])).headers["location"]
    assert not accepts(location, expected=URL)


async def test_nonce_is_the_requests_own(ana: Signed, portal: Party) -> None:
    """An ID token that was made for another request does not pass Authlib's check."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import InvalidClaimError
    from joserfc.jwk import KeySet

    given = await redeem(portal, await code_for(portal, ana, nonce="mine"))
    found = KeySet.import_key_set((await ana.browser.get("/oauth/jwks")).json())
    claims = jwt.decode(given["id_token"], found, algorithms=["RS256"]).claims
    CodeIDToken(claims, {"alg": "RS256"}, params={"nonce": "mine"}).validate(now=claims["iat"])
    with pytest.raises(InvalidClaimError):
        CodeIDToken(claims, {"alg": "RS256"}, params={"nonce": "theirs"}).validate(
            now=claims["iat"]
        )
    unasked = CodeIDToken(claims, {"alg": "RS256"}, params={})
    unasked.validate(now=claims["iat"])


async def test_half_sign_in_gets_no_code(edge: Edge, browser: Any, portal: Party, cut: Cut) -> None:
    """After the password alone, a second factor still waits: no client hears anything."""
    from lmhg_gateway.features.issuer import pages
    from lmhg_kit.http.testing import sign_in
    from lmhg_kit.http.visit import visit_of

    from .conftest import ANA  # noqa: TID252 - the people of this folder

    await sign_in(browser, edge, "stage:password", account_id=str(ANA))
    answer = await browser.get(portal.ask()[0])
    assert answer.headers["location"].startswith("/sign-in?next=")
    assert answer_of(await browser.get(portal.ask(prompt="none")[0]))["error"] == "login_required"
    cut(pages, "full_session", lambda request: visit_of(request).session)
    assert "code" in answer_of(await browser.get(portal.ask()[0]))


async def test_sign_out_leads_to_registered_addresses_alone(
    ana: Signed, portal: Party, cut: Cut
) -> None:
    """Otherwise a page here, and nobody is signed out on the quiet."""
    given = await redeem(portal, await code_for(portal, ana))
    query = {"id_token_hint": given["id_token"], "post_logout_redirect_uri": EVIL}
    page = await ana.browser.get("/oauth/logout", params=query)
    assert (page.status_code, "location" in page.headers) == (400, False)
    assert "code" in answer_of(await ana.browser.get(portal.ask()[0]))
    cut(logout, "is_registered_target", allow)
    answer = await ana.browser.get("/oauth/logout", params=query)
    assert answer.headers["location"] == EVIL


async def test_kind_of_a_client_is_fixed(owner: Database, issuer: object, clock: Hands) -> None:
    """The operator's second command cannot turn a relying party into a program."""
    from lmhg_kit.errors import Conflict

    with pytest.raises(Conflict):
        await put(owner, "portal", clock, kind=ClientKind.SERVICE)
