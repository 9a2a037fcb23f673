"""The tokens themselves: signed here, and judged here. Pure: keys and times come from outside."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from lmhg_gateway.features.tokens.rules import SKEW, TOKEN_LIFE
from lmhg_kit.errors import NotSignedIn

ALG = "RS256"
ALGORITHMS = (ALG,)
"""What is accepted: never `none`, and never a MAC under a key that everybody can read."""
ACCESS_TYPE = "at+jwt"
LOGOUT_TYPE = "logout+jwt"
LOGOUT_LIFE = timedelta(minutes=2)
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
MAX_TOKEN = 4096


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What tokens are made of: for whom, at whose request, since which sign-in."""

    client_id: str
    user_id: str
    session_id: str
    scopes: frozenset[str]
    auth_time: datetime
    methods: Collection[str]
    nonce: str = ""


def new_jti() -> str:
    """The name of one token."""
    return secrets.token_urlsafe(16)


def sign(claims: Mapping[str, Any], key: RSAKey, *, typ: str = "JWT") -> str:
    """A compact JWT under this key."""
    header = {"alg": ALG, "kid": key.kid, "typ": typ}
    return jwt.encode(header, dict(claims), key, algorithms=list(ALGORITHMS))


def _base(*, issuer: str, at: datetime, life: timedelta) -> dict[str, Any]:
    now = int(at.timestamp())
    return {"iss": issuer, "iat": now, "exp": now + int(life.total_seconds())}


def access_token(grant: Grant, key: RSAKey, *, issuer: str, at: datetime, jti: str) -> str:
    """A person's access token (RFC 9068); its audience is the issuer's own userinfo."""
    claims = _base(issuer=issuer, at=at, life=TOKEN_LIFE) | {
        "aud": issuer,
        "sub": grant.user_id,
        "client_id": grant.client_id,
        "jti": jti,
        "scope": " ".join(sorted(grant.scopes)),
        "auth_time": int(grant.auth_time.timestamp()),
        "amr": sorted(grant.methods),
        "sid": grant.session_id,
    }
    return sign(claims, key, typ=ACCESS_TYPE)


def client_token(
    client_id: str,
    scopes: Collection[str],
    key: RSAKey,
    *,
    issuer: str,
    audience: str,
    at: datetime,
) -> str:
    """A program's access token for the JSON API; the client is its own subject."""
    claims = _base(issuer=issuer, at=at, life=TOKEN_LIFE) | {
        "aud": audience,
        "sub": client_id,
        "client_id": client_id,
        "jti": new_jti(),
        "scope": " ".join(sorted(scopes)),
    }
    return sign(claims, key, typ=ACCESS_TYPE)


def id_token(grant: Grant, key: RSAKey, *, issuer: str, at: datetime, access: str) -> str:
    """Who signed in, when and how, for the client alone."""
    claims = _base(issuer=issuer, at=at, life=TOKEN_LIFE) | {
        "aud": grant.client_id,
        "sub": grant.user_id,
        "sid": grant.session_id,
        "auth_time": int(grant.auth_time.timestamp()),
        "amr": sorted(grant.methods),
        "at_hash": _half_hash(access),
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    return sign(claims, key)


def _half_hash(access: str) -> str:
    found = create_half_hash(access, ALG)
    return found.decode() if found else ""


def logout_token(
    client_id: str, key: RSAKey, *, issuer: str, at: datetime, user_id: str, sid: str | None
) -> str:
    """A back-channel logout token: one session, or every one of the person."""
    claims = _base(issuer=issuer, at=at, life=LOGOUT_LIFE) | {
        "aud": client_id,
        "sub": user_id,
        "jti": new_jti(),
        "events": {LOGOUT_EVENT: {}},
    }
    if sid:
        claims["sid"] = sid
    return sign(claims, key, typ=LOGOUT_TYPE)


def key_set(public: Sequence[Mapping[str, Any]]) -> KeySet:
    """The keys that signatures are checked with. Raises: NotSignedIn where there is none yet."""
    if not public:
        raise NotSignedIn("token_refused")
    return KeySet.import_key_set({"keys": [dict(each) for each in public]})


def decode(token: str, keys: KeySet, *, algorithms: Collection[str] = ALGORITHMS) -> jwt.Token:
    """Header and claims under a good signature. Raises: NotSignedIn."""
    if len(token) > MAX_TOKEN or not token.isascii():
        raise NotSignedIn("token_refused")
    try:
        return jwt.decode(token, keys, algorithms=list(algorithms))
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotSignedIn("token_refused") from None


def read_access(
    token: str, keys: KeySet, *, issuer: str, audience: str, at: datetime
) -> dict[str, Any]:
    """The claims of an access token for this audience, in its time. Raises: NotSignedIn."""
    found = decode(token, keys)
    if str(found.header.get("typ", "")).lower() not in {ACCESS_TYPE, f"application/{ACCESS_TYPE}"}:
        raise NotSignedIn("token_type")
    check_claims(found.claims, issuer=issuer, audience=audience)
    check_time(found.claims, at=at)
    return found.claims


def check_claims(claims: Mapping[str, Any], *, issuer: str, audience: str) -> None:
    """Issued by us, for this audience, with everything that we put in. Raises: NotSignedIn."""
    if claims.get("iss") != issuer:
        raise NotSignedIn("token_issuer")
    given = claims.get("aud")
    if audience not in (given if isinstance(given, list) else [given]):
        raise NotSignedIn("token_audience")
    if not all(isinstance(claims.get(name), str) for name in ("sub", "client_id", "jti", "scope")):
        raise NotSignedIn("token_refused")


def check_time(claims: Mapping[str, Any], *, at: datetime) -> None:
    """Not over, and not from the future, with the skew of two clocks. Raises: NotSignedIn."""
    now, skew = at.timestamp(), SKEW.total_seconds()
    ends, made = claims.get("exp"), claims.get("iat")
    if not isinstance(ends, int) or not isinstance(made, int):
        raise NotSignedIn("token_refused")
    if ends + skew <= now or made - skew > now:
        raise NotSignedIn("token_over")
