"""What makes an ID token or a logout token acceptable: pure, so that each refusal is a test."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from lmhg_kit.errors import Forbidden

SKEW = timedelta(minutes=2)
"""How far the clocks of issuer and relying party may differ."""
LOGOUT_LIFE = timedelta(minutes=10)
"""A logout token older than this is refused, so its id need not be remembered for longer."""
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
ID_MAX = 255
_ID_TYPES = (None, "JWT")
_LOGOUT_TYPES = (None, "JWT", "logout+jwt")

Claims = Mapping[str, Any]


@dataclass(frozen=True)
class Vouched:
    """What an accepted ID token says."""

    subject: str
    """As the issuer names the person: what that means is for the relying party to know."""
    sid: str
    authenticated_at: datetime
    """When it says so; otherwise when the token was issued."""
    methods: frozenset[str]
    claims: Claims


@dataclass(frozen=True)
class Ended:
    """What an accepted logout token says: which sessions are over."""

    jti: str
    subject: str
    sid: str
    forget_at: datetime
    """From then on the token is too old to be accepted, and its id may be forgotten."""


def check_id_token(
    header: Claims,
    claims: Claims,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    now: datetime,
) -> Vouched:
    """Who signed in. Raises: Forbidden with the phase that failed."""
    _check_type(header, _ID_TYPES)
    _check_audience(claims, client_id)
    token = CodeIDToken(
        dict(claims),
        dict(header),
        options={"iss": {"essential": True, "value": issuer}},
        params={"nonce": nonce, "client_id": client_id, "access_token": access_token},
    )
    try:
        token.validate(now=math.floor(now.timestamp()), leeway=int(SKEW.total_seconds()))
    except JoseError as refused:
        raise Forbidden("token_refused", phase=refused.error or "claims") from None
    subject, methods = _text(claims.get("sub")), claims.get("amr") or []
    if not subject:
        raise Forbidden("token_refused", phase="sub")
    if not isinstance(methods, list):
        raise Forbidden("token_refused", phase="claims")
    return Vouched(
        subject=subject,
        sid=_text(claims.get("sid")),
        authenticated_at=_moment(claims.get("auth_time", claims["iat"])),
        methods=frozenset(str(method) for method in methods),
        claims=claims,
    )


def check_logout_token(
    header: Claims, claims: Claims, *, issuer: str, client_id: str, now: datetime
) -> Ended:
    """Which sessions a logout token ends. Raises: Forbidden with the phase that failed."""
    _check_type(header, _LOGOUT_TYPES)
    if claims.get("iss") != issuer:
        raise Forbidden("token_refused", phase="iss")
    _check_audience(claims, client_id)
    if "nonce" in claims:
        raise Forbidden("token_refused", phase="nonce")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise Forbidden("token_refused", phase="events")
    issued = _moment(claims.get("iat"))
    if not now - LOGOUT_LIFE - SKEW <= issued <= now + SKEW:
        raise Forbidden("token_refused", phase="iat")
    if "exp" in claims and _moment(claims["exp"]) <= now - SKEW:
        raise Forbidden("token_refused", phase="exp")
    jti, sid, subject = (_text(claims.get(name)) for name in ("jti", "sid", "sub"))
    if not jti or not (sid or subject):
        raise Forbidden("token_refused", phase="claims")
    return Ended(jti, subject, sid, issued + LOGOUT_LIFE + 2 * SKEW)


def check_answer_issuer(given: str, *, issuer: str, is_promised: bool) -> None:
    """Refuse the answer of another issuer (RFC 9207). Raises: Forbidden."""
    if given != issuer and (given or is_promised):
        raise Forbidden("token_refused", phase="answer_iss")


def _check_type(header: Claims, allowed: tuple[str | None, ...]) -> None:
    if header.get("typ") not in allowed:
        raise Forbidden("token_refused", phase="typ")


def _check_audience(claims: Claims, client_id: str) -> None:
    """The token is for this client and for nobody else."""
    audience = claims.get("aud")
    if audience not in (client_id, [client_id]):
        raise Forbidden("token_refused", phase="aud")


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > ID_MAX:
        raise Forbidden("token_refused", phase="claims")
    return value


def _moment(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Forbidden("token_refused", phase="iat")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise Forbidden("token_refused", phase="iat") from None
