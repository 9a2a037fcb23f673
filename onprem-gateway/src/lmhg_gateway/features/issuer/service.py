"""The issuer's acts: a code for a person who signed in, tokens for the code, and their end."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749.errors import (
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnauthorizedClientError,
    UnsupportedGrantTypeError,
)
from joserfc.jwk import RSAKey

from lmhg_gateway.features.issuer import rules
from lmhg_gateway.features.issuer.rules import CODE_LIFE, REFRESH_LIFE, Wanted
from lmhg_gateway.features.oauth_clients.public import (
    CODE,
    CREDENTIALS,
    IDENTITY_SCOPES,
    REFRESH,
    RegisteredClient,
)
from lmhg_gateway.features.tokens.public import (
    TOKEN_LIFE,
    AuthorizationCode,
    RefreshToken,
    keys,
    replay,
    repository,
    tokens,
)
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.session import Session, hash_token, new_token
from lmhg_kit.http.state import Key
from lmhg_kit.persistence import Actor, Database, WriteSession

Answer = dict[str, Any]


@dataclass(frozen=True)
class Issuer:
    """Who issues, for which API, by which clock."""

    url: str
    api_audience: str
    clock: Clock = utc_now
    api_scopes: frozenset[str] = frozenset()

    @property
    def scopes(self) -> frozenset[str]:
        """Every scope that there is."""
        return frozenset(IDENTITY_SCOPES) | self.api_scopes


ISSUER_HERE: Key[Issuer] = Key("issuer")


async def issue_code(
    tx: WriteSession, client: RegisteredClient, session: Session, wanted: Wanted, *, at: datetime
) -> str:
    """A code for this client in this session; once, within a minute."""
    code = new_token()
    user_id, session_id = uuid.UUID(session.account_id), uuid.UUID(session.id)
    row = AuthorizationCode(
        code_hash=hash_token(code),
        client=client.id,
        user_id=user_id,
        session_id=session_id,
        redirect_uri=wanted.redirect_uri,
        scopes=sorted(wanted.scopes),
        nonce=wanted.nonce or None,
        challenge=wanted.challenge,
        auth_time=session.authenticated_at or session.created_at,
        methods=sorted(session.methods),
        family=uuid.uuid4(),
        ends_at=at + CODE_LIFE,
    )
    tx.sync_session.add(row)
    await repository.put_session_client(tx, session_id, client.id, user_id=user_id, at=at)
    await tx.audit("sign_in_at", kind="oauth_client", ids=[client.id])
    return code


async def give(
    db: Database, issuer: Issuer, client: RegisteredClient, form: Mapping[str, str]
) -> Answer:
    """What the token endpoint answers. Raises: OAuth2Error."""
    kind = form.get("grant_type", "")
    if not kind:
        raise InvalidRequestError("Missing grant_type.")
    acts = {CODE: _by_code, REFRESH: _by_refresh, CREDENTIALS: _by_credentials}
    if kind not in acts:
        raise UnsupportedGrantTypeError("other")
    if kind not in client.rule.grants:
        raise UnauthorizedClientError("This client may not use this grant_type.")
    async with db.uow(Actor(f"client: {client.client_id}"), "oauth.token") as tx:
        answer = await acts[kind](tx, issuer, client, form)
    # A refusal is returned, not raised, so that what it revoked stays revoked.
    if isinstance(answer, OAuth2Error):
        raise answer
    return answer


async def _by_code(
    tx: WriteSession, issuer: Issuer, client: RegisteredClient, form: Mapping[str, str]
) -> Answer | OAuth2Error:
    at = issuer.clock()
    row = await repository.find_code(tx, hash_token(form.get("code", "")))
    if row is None or not is_own(row, client):
        return InvalidGrantError("The code is not known.")
    if is_spent(row):
        await repository.revoke_families(tx, [row.family], at=at)
        await tx.audit("code_replay", kind="oauth_client", ids=[client.id], outcome="refused")
        return InvalidGrantError("The code was used before.")
    try:
        check_code(row, form, at=at)
    except OAuth2Error as refused:
        return refused
    person = await repository.person_of_session(tx, row.user_id, row.session_id, at=at)
    if person is None:
        return InvalidGrantError("The session has ended.")
    row.used_at, row.jti = at, tokens.new_jti()
    answer = await _tokens(tx, issuer, _grant(row, client, nonce=row.nonce or ""), jti=row.jti)
    if "offline_access" in row.scopes and REFRESH in client.rule.grants:
        answer["refresh_token"] = _next(tx, row, at=at, ends_at=at + REFRESH_LIFE, jti=row.jti)
    return answer


def is_own(row: AuthorizationCode | RefreshToken, client: RegisteredClient) -> bool:
    """Whether a code or token was made for this client."""
    return row.client == client.id


def is_spent(row: AuthorizationCode | RefreshToken) -> bool:
    """Whether a code or token was presented before."""
    return row.used_at is not None


def check_code(row: AuthorizationCode, form: Mapping[str, str], *, at: datetime) -> None:
    """In time, for the same address, with the verifier. Raises: InvalidGrantError."""
    if row.ends_at <= at:
        raise InvalidGrantError("The code is over.")
    if form.get("redirect_uri") != row.redirect_uri:
        raise InvalidGrantError("The redirect_uri is another one.")
    rules.check_verifier(row.challenge, form.get("code_verifier"))


async def _by_refresh(
    tx: WriteSession, issuer: Issuer, client: RegisteredClient, form: Mapping[str, str]
) -> Answer | OAuth2Error:
    at = issuer.clock()
    row = await repository.find_refresh(tx, hash_token(form.get("refresh_token", "")))
    if row is None or not is_own(row, client):
        return InvalidGrantError("The refresh token is not known.")
    if is_spent(row) and row.revoked_at is None:
        return await _second_use(tx, row, form, at=at)
    if row.revoked_at is not None or row.ends_at <= at:
        return InvalidGrantError("The refresh token is over.")
    wanted = (
        rules.understood(form["scope"], issuer.scopes)
        if form.get("scope")
        else frozenset(row.scopes)
    )
    if not wanted or not wanted <= set(row.scopes):
        return InvalidScopeError()
    if await repository.person_of_session(tx, row.user_id, row.session_id, at=at) is None:
        return InvalidGrantError("The session has ended.")
    row.used_at, jti = at, tokens.new_jti()
    answer = await _tokens(tx, issuer, _grant(row, client, scopes=wanted), jti=jti)
    answer["refresh_token"] = _next(tx, row, at=at, ends_at=row.ends_at, jti=jti)
    replay.keep(row, form, answer)
    return answer


async def _second_use(
    tx: WriteSession, row: RefreshToken, form: Mapping[str, str], *, at: datetime
) -> Answer | OAuth2Error:
    """The same answer for one that was lost on the way; the end of the family for a copy."""
    again = await replay.repeated(tx, row, form, at=at)
    if again is not None:
        return again
    await repository.revoke_families(tx, [row.family], at=at)
    await tx.audit("refresh_reuse", kind="oauth_client", ids=[row.client], outcome="refused")
    return InvalidGrantError("The refresh token was used before.")


async def _by_credentials(
    tx: WriteSession, issuer: Issuer, client: RegisteredClient, form: Mapping[str, str]
) -> Answer | OAuth2Error:
    has = client.scopes & issuer.api_scopes
    wanted = rules.understood(form["scope"], issuer.scopes) if form.get("scope") else has
    if not wanted or not wanted <= has:
        return InvalidScopeError()
    at = issuer.clock()
    key = await keys.signer(tx, at=at)
    access = tokens.client_token(
        client.client_id,
        wanted,
        key,
        issuer=issuer.url,
        audience=issuer.api_audience,
        at=at,
    )
    await repository.keep_access(tx, hash_token(access), client.id, ends_at=at + TOKEN_LIFE)
    await tx.audit("token", kind="oauth_client", ids=[client.id])
    return _answer(access, wanted)


def _grant(
    row: AuthorizationCode | RefreshToken,
    client: RegisteredClient,
    *,
    nonce: str = "",
    scopes: frozenset[str] | None = None,
) -> tokens.Grant:
    return tokens.Grant(
        client_id=client.client_id,
        user_id=str(row.user_id),
        session_id=str(row.session_id),
        scopes=frozenset(row.scopes) if scopes is None else scopes,
        auth_time=row.auth_time,
        methods=row.methods,
        nonce=nonce,
    )


async def _tokens(tx: WriteSession, issuer: Issuer, grant: tokens.Grant, *, jti: str) -> Answer:
    at = issuer.clock()
    key: RSAKey = await keys.signer(tx, at=at)
    access = tokens.access_token(grant, key, issuer=issuer.url, at=at, jti=jti)
    answer = _answer(access, grant.scopes)
    if "openid" in grant.scopes:
        answer["id_token"] = tokens.id_token(grant, key, issuer=issuer.url, at=at, access=access)
    return answer


def _answer(access: str, scopes: frozenset[str]) -> Answer:
    return {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LIFE.total_seconds()),
        "scope": " ".join(sorted(scopes)),
    }


def _next(
    tx: WriteSession,
    row: AuthorizationCode | RefreshToken,
    *,
    at: datetime,
    ends_at: datetime,
    jti: str,
) -> str:
    """The next refresh token of the family."""
    token = new_token()
    tx.sync_session.add(
        RefreshToken(
            token_hash=hash_token(token),
            family=row.family,
            client=row.client,
            user_id=row.user_id,
            session_id=row.session_id,
            scopes=list(row.scopes),
            auth_time=row.auth_time,
            methods=list(row.methods),
            made_at=at,
            ends_at=ends_at,
            jti=jti,
        )
    )
    return token
