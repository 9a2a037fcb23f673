"""Forged, borrowed and late access tokens, at userinfo and at the check of the workspace's API."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import KeySet, RSAKey

from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.issuer.public import verify_access_token
from lmhg_gateway.features.issuer.service import Issuer
from lmhg_gateway.features.tokens import tokens
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Hands, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the clients of this folder
    AUDIENCE,
    SECRET,
    URL,
    Party,
    code_for,
    grant_scopes,
)

KEY = RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256", "use": "sig"})
AT = Hands()()
READER = Actor("process: test")


def claims(**changes: object) -> dict[str, Any]:
    """What a good token of a program says."""
    now = int(AT.timestamp())
    good: dict[str, Any] = {
        "iss": URL, "aud": AUDIENCE, "sub": "robot", "client_id": "robot", "jti": "j",
        "scope": "referrals", "iat": now, "exp": now + 600,
    }  # fmt: skip
    return {**good, **changes}


def part(value: Mapping[str, Any]) -> str:
    """A part of a compact JWT."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def read(token: str) -> dict[str, Any]:
    """The claims, as the workspace would judge the token."""
    found = KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]})
    return tokens.read_access(token, found, issuer=URL, audience=AUDIENCE, at=AT)


def unsigned() -> str:
    """Algorithm `none`: no signature at all."""
    return f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': 'k1'})}.{part(claims())}."


def maced() -> str:
    """HS256 under the public key, which everybody can read."""
    head = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'k1'})}.{part(claims())}"
    mac = hmac.new(KEY.as_pem(private=False), head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def careless(token: str, keys: KeySet) -> Any:
    """A reader that believes the header's algorithm, as many once did."""
    from joserfc.jwt import Token

    head, body, mac = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    found = Token(header, json.loads(base64.urlsafe_b64decode(body + "==")))
    if header["alg"] == "none":
        return found
    public = KEY.as_pem(private=False)
    own = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64encode(own).rstrip(b"=").decode() == mac
    return found


@pytest.mark.parametrize("forge", [unsigned, maced])
def test_forged_algorithm_is_refused(monkeypatch: pytest.MonkeyPatch, forge: Any) -> None:
    """Only RS256 counts; a reader that takes the header's word would be taken in."""
    assert read(tokens.sign(claims(), KEY, typ="at+jwt"))["sub"] == "robot"
    with pytest.raises(NotSignedIn):
        read(forge())
    monkeypatch.setattr(tokens, "decode", careless)
    assert read(forge())["sub"] == "robot"


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"iss": "https://other.test"}, "check_claims"),
        ({"aud": "portal"}, "check_claims"),
        ({"aud": [URL]}, "check_claims"),
        ({"exp": int(AT.timestamp()) - 121}, "check_time"),
        ({"iat": int(AT.timestamp()) + 121}, "check_time"),
    ],
)
def test_token_for_somebody_else_is_refused(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, object], check: str
) -> None:
    """Another issuer's, another audience's, or another time's; each check is what holds."""
    token = tokens.sign(claims(**changes), KEY, typ="at+jwt")
    with pytest.raises(NotSignedIn):
        read(token)
    monkeypatch.setattr(tokens, check, lambda *_, **__: None)
    assert read(token)["sub"] == "robot"


def test_clocks_may_differ_by_two_minutes() -> None:
    """A token just over, or just from the future, still counts."""
    now = int(AT.timestamp())
    for change in ({"exp": now - 119}, {"iat": now + 119}):
        assert read(tokens.sign(claims(**change), KEY, typ="at+jwt"))


@pytest.mark.parametrize("token", ["", "a.b.c", "a" * 5000, "é.é.é", "....", "e30.e30.e30"])
def test_nonsense_is_refused(token: str) -> None:
    """Without an error of ours."""
    with pytest.raises(NotSignedIn):
        read(token)


def test_foreign_key_and_id_token_are_refused() -> None:
    """Signed well by a stranger with our key's name; and a token of ours of another kind."""
    stranger = RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256"})
    for token in (tokens.sign(claims(), stranger, typ="at+jwt"), tokens.sign(claims(), KEY)):
        with pytest.raises(NotSignedIn):
            read(token)


async def test_id_token_opens_no_userinfo(ana: Signed, portal: Party) -> None:
    """Nor does a program's token; a person's access token does."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    for text, status in ((token["id_token"], 401), (token["access_token"], 200), ("x", 401)):
        headers = {"authorization": f"Bearer {text}"}
        assert (await ana.browser.get("/oauth/userinfo", headers=headers)).status_code == status
    bare = await ana.browser.get("/oauth/userinfo")
    assert bare.headers["www-authenticate"] == 'Bearer realm="lmhg"'


@pytest.fixture
async def robot_token(edge: Edge, onprem: PlaneDatabase) -> str:
    """A program's access token for referrals."""
    await grant_scopes(onprem, "robot", "referrals")
    robot = Party(edge, "robot", SECRET)
    return (await robot.post("/oauth/token", grant_type="client_credentials")).json()[
        "access_token"
    ]


@pytest.fixture
async def workspace(onprem: PlaneDatabase) -> Any:
    """The database as the workspace reaches it."""
    db = Database(onprem.url("gw_workspace"), pool_size=2)
    yield db
    await db.close()


async def judged(db: Database, token: str, clock: Hands) -> frozenset[str]:
    """What the workspace lets this token do."""
    async with db.read(READER, "test") as tx:
        found = await verify_access_token(tx, token, issuer=URL, audience=AUDIENCE, at=clock())
    return frozenset().union(*(FeatureSet(FEATURES).scopes[each] for each in found.scopes))


async def test_workspace_takes_a_programs_token(
    robot_token: str, workspace: Database, clock: Hands, issuer: Issuer
) -> None:
    """With the permissions of its scopes, under the workspace's own narrow grants."""
    held = await judged(workspace, robot_token, clock)
    assert held == FeatureSet(FEATURES).scopes["referrals"]
    assert {"referrals.read", "referrals.write"} <= held
    assert "clients.read" not in held


@pytest.mark.parametrize(
    "change",
    [
        "insert into identity.revoked_token select '{jti}', now() + interval '1 day'",
        "update identity.oauth_client set active = false where client_id = 'robot'",
        (
            "insert into identity.client_change (id, client, at, by, what, diff) select"
            " gen_random_uuid(), id, now() + interval '1 day', 'x', 'secret_ended', '{{}}'"
            " from identity.oauth_client where client_id = 'robot'"
        ),
    ],
)
async def test_workspace_refuses_what_ended(
    robot_token: str, workspace: Database, clock: Hands, onprem: PlaneDatabase, change: str
) -> None:
    """Revoked, or its client disabled: before its ten minutes are over."""
    body = robot_token.split(".")[1]
    jti = json.loads(base64.urlsafe_b64decode(body + "=="))["jti"]
    assert await judged(workspace, robot_token, clock)
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        f" set_config('app.purpose', 'test', true); {change.format(jti=jti)}; end $$"
    )
    with pytest.raises(NotSignedIn):
        await judged(workspace, robot_token, clock)


async def test_workspace_refuses_a_persons_token(
    ana: Signed, portal: Party, workspace: Database, clock: Hands
) -> None:
    """It was made for userinfo; signing in to the portal opens no client's record."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    with pytest.raises(NotSignedIn):
        await judged(workspace, token["access_token"], clock)


async def test_scope_taken_away_counts_no_longer(
    robot_token: str, workspace: Database, clock: Hands, onprem: PlaneDatabase
) -> None:
    """Even in a token that was given before."""
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " update identity.oauth_client set scopes = '{}' where client_id = 'robot'; end $$"
    )
    assert await judged(workspace, robot_token, clock) == frozenset()
    clock.turn(minutes=12)
    with pytest.raises(NotSignedIn):
        await judged(workspace, robot_token, clock)


def test_logout_token_is_no_access_token() -> None:
    """Its kind is its own, and it is over soon."""
    token = tokens.logout_token("portal", KEY, issuer=URL, at=AT, user_id="u", sid=None)
    with pytest.raises(NotSignedIn):
        read(token)
    assert timedelta(minutes=2) == tokens.LOGOUT_LIFE
