"""Judging tokens that come back: userinfo, introspection, revocation, and the workspace's API."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc6749.errors import UnauthorizedClientError

from lmhg_gateway.features.issuer.service import Issuer
from lmhg_gateway.features.oauth_clients.public import (
    RegisteredClient,
    api_client,
    registered,
)
from lmhg_gateway.features.tokens.public import RefreshToken, keys, repository, tokens
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.http.session import hash_token
from lmhg_kit.persistence import Actor, Database, ReadSession

ACTOR = Actor("process: issuer")
INACTIVE: Mapping[str, Any] = {"active": False}


@dataclass(frozen=True)
class ApiClient:
    """A program that showed a good access token, and what it may do."""

    client_id: str
    name: str
    scopes: frozenset[str]


async def verify_access_token(
    tx: ReadSession, token: str, *, issuer: str, audience: str, at: datetime
) -> ApiClient:
    """The API client behind a token: ours, for this audience, in time, not revoked, still active.

    Raises: NotSignedIn with a code that says which of these failed.
    """
    found = tokens.key_set(await keys.published(tx, at=at))
    claims = tokens.read_access(token, found, issuer=issuer, audience=audience, at=at)
    if await repository.is_revoked(tx, claims["jti"]):
        raise NotSignedIn("token_revoked")
    made = datetime.fromtimestamp(claims["iat"], UTC)
    known = await api_client(tx, claims["client_id"], since=made)
    if known is None or claims["sub"] != claims["client_id"]:
        raise NotSignedIn("token_client")
    name, scopes = known
    # A scope that was taken away since counts no longer.
    granted = scopes & frozenset(claims["scope"].split())
    return ApiClient(claims["client_id"], name, granted)


async def read_hint(tx: ReadSession, token: str, *, issuer: str) -> Mapping[str, Any]:
    """The claims of an ID token of ours, however old. Raises: NotSignedIn."""
    claims = tokens.decode(token, tokens.key_set(await keys.ever_published(tx))).claims
    if claims.get("iss") != issuer or not isinstance(claims.get("aud"), str):
        raise NotSignedIn("token_refused")
    return claims


async def userinfo(db: Database, issuer: Issuer, token: str) -> dict[str, Any]:
    """What the token's scopes tell about its person. Raises: NotSignedIn."""
    at = issuer.clock()
    async with db.read(ACTOR, "oauth.userinfo") as tx:
        found = tokens.key_set(await keys.published(tx, at=at))
        claims = tokens.read_access(token, found, issuer=issuer.url, audience=issuer.url, at=at)
        person = await _person(tx, claims, at=at)
    if person is None or "openid" not in claims["scope"].split():
        raise NotSignedIn("token_over")
    name, email = person
    told: dict[str, Any] = {"sub": claims["sub"]}
    if "profile" in claims["scope"].split():
        told["name"] = name
    if "email" in claims["scope"].split():
        told["email"] = email
    return told


async def _person(
    tx: ReadSession, claims: Mapping[str, Any], *, at: datetime
) -> tuple[str, str] | None:
    """The person of a token that is still valid, with its session and its client."""
    if await repository.is_revoked(tx, claims["jti"]):
        return None
    client = await registered(tx, claims["client_id"], at=at)
    if client is None or not client.active or not isinstance(claims.get("sid"), str):
        return None
    user_id, session_id = uuid.UUID(claims["sub"]), uuid.UUID(claims["sid"])
    return await repository.person_of_session(tx, user_id, session_id, at=at)


async def introspect(
    db: Database, issuer: Issuer, client: RegisteredClient, token: str
) -> Mapping[str, Any]:
    """Whether one of the client's own tokens is, and what is in it."""
    at = issuer.clock()
    async with db.read(ACTOR, "oauth.introspect") as tx:
        row = await repository.look_refresh(tx, hash_token(token))
        if row is not None:
            stands = await _refresh_stands(tx, row, client, at=at)
            return _told_refresh(row, client, issuer.url) if stands else INACTIVE
        claims = await _own_access(tx, issuer, client, token, at=at)
        if claims is None or await repository.is_revoked(tx, claims["jti"]):
            return INACTIVE
        if "sid" in claims and await _person(tx, claims, at=at) is None:
            return INACTIVE
    return {"active": True, "token_type": "Bearer", **claims}


async def _refresh_stands(
    tx: ReadSession, row: RefreshToken, client: RegisteredClient, *, at: datetime
) -> bool:
    if row.client != client.id or row.used_at or row.revoked_at or row.ends_at <= at:
        return False
    return await repository.person_of_session(tx, row.user_id, row.session_id, at=at) is not None


def _told_refresh(row: RefreshToken, client: RegisteredClient, issuer: str) -> dict[str, Any]:
    return {
        "active": True,
        "iss": issuer,
        "client_id": client.client_id,
        "sub": str(row.user_id),
        "scope": " ".join(row.scopes),
        "iat": int(row.made_at.timestamp()),
        "exp": int(row.ends_at.timestamp()),
    }


async def _own_access(
    tx: ReadSession, issuer: Issuer, client: RegisteredClient, token: str, *, at: datetime
) -> dict[str, Any] | None:
    found = tokens.key_set(await keys.published(tx, at=at))
    service = issuer.api_audience if not client.redirect_uris else issuer.url
    try:
        claims = tokens.read_access(token, found, issuer=issuer.url, audience=service, at=at)
    except NotSignedIn:
        return None
    return claims if claims["client_id"] == client.client_id else None


async def revoke(db: Database, issuer: Issuer, client: RegisteredClient, token: str) -> None:
    """End a refresh token with its family, or an access token. An unknown one is over already.

    Raises: UnauthorizedClientError for a token of another client.
    """
    at = issuer.clock()
    async with db.uow(Actor(f"client: {client.client_id}"), "oauth.revoke") as tx:
        row = await repository.find_refresh(tx, hash_token(token))
        if row is not None:
            if row.client != client.id:
                raise UnauthorizedClientError("This token is another client's.")
            await repository.revoke_families(tx, [row.family], at=at)
            return
        found = tokens.key_set(await keys.published(tx, at=at))
        try:
            claims = tokens.decode(token, found).claims
        except NotSignedIn:
            return
        if claims.get("client_id", client.client_id) != client.client_id:
            raise UnauthorizedClientError("This token is another client's.")
        await repository.revoke_tokens(tx, {str(claims.get("jti", ""))}, at=at)
