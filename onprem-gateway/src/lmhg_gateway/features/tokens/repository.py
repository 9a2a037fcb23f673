"""All SQL of codes, refresh tokens, consents and revocations."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lmhg_gateway.features.tokens.models import (
    AccessToken,
    AuthorizationCode,
    Consent,
    LogoutNotice,
    RefreshToken,
    RevokedToken,
    SessionClient,
    Trust,
)
from lmhg_gateway.features.tokens.rules import SKEW, TOKEN_LIFE
from lmhg_kit.persistence import ReadSession, WriteSession

KEEP = timedelta(days=30)
HYDRA_PROGRAMS = "hydra_programs"
_PERSON = text(
    "select u.id, u.email, u.display_name from identity.user_account u"
    " join identity.session s on s.user_id = u.id"
    " where u.id = :user_id and s.id = :session_id and u.active and s.ends_at > :at"
)


async def person_of_session(
    tx: ReadSession, user_id: uuid.UUID, session_id: uuid.UUID, *, at: datetime
) -> tuple[str, str] | None:
    """Name and e-mail address of an active person whose session is still valid."""
    facts = {"user_id": user_id, "session_id": session_id, "at": at}
    row = (await tx.execute(_PERSON, facts)).one_or_none()
    return (row.display_name, row.email) if row else None


async def find_code(tx: WriteSession, code_hash: bytes) -> AuthorizationCode | None:
    """A code, locked: of two that present it at once, the second sees that it was used."""
    query = select(AuthorizationCode).where(AuthorizationCode.code_hash == code_hash)
    return await tx.scalar(query.with_for_update())


async def find_refresh(tx: WriteSession, token_hash: bytes) -> RefreshToken | None:
    """A refresh token, locked."""
    query = select(RefreshToken).where(RefreshToken.token_hash == token_hash)
    return await tx.scalar(query.with_for_update())


async def look_refresh(tx: ReadSession, token_hash: bytes) -> RefreshToken | None:
    """A refresh token, as it is."""
    return await tx.scalar(select(RefreshToken).where(RefreshToken.token_hash == token_hash))


async def revoke_families(tx: WriteSession, families: Sequence[uuid.UUID], *, at: datetime) -> None:
    """End every refresh token of these families, and the access tokens given beside them."""
    ended = await tx.execute(
        update(RefreshToken)
        .where(RefreshToken.family.in_(families), RefreshToken.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(RefreshToken.jti)
    )
    given = await tx.execute(
        select(AuthorizationCode.jti).where(
            AuthorizationCode.family.in_(families), AuthorizationCode.jti.is_not(None)
        )
    )
    await revoke_tokens(tx, {*ended.scalars(), *given.scalars()}, at=at)


async def families_of(
    tx: ReadSession,
    *,
    user_id: uuid.UUID | None = None,
    session_ids: Sequence[uuid.UUID] | None = None,
) -> list[uuid.UUID]:
    """The families that a person's codes began, or that some sessions' codes began."""
    query = select(AuthorizationCode.family).distinct()
    if user_id is not None:
        query = query.where(AuthorizationCode.user_id == user_id)
    if session_ids is not None:
        query = query.where(AuthorizationCode.session_id.in_(session_ids))
    return list((await tx.scalars(query)).all())


async def revoke_tokens(tx: WriteSession, jtis: set[str | None], *, at: datetime) -> None:
    """Access tokens that are over at once."""
    ends_at = at + TOKEN_LIFE + SKEW
    rows = [{"jti": jti, "ends_at": ends_at} for jti in sorted(filter(None, jtis))]
    if rows:
        await tx.execute(upsert(RevokedToken).on_conflict_do_nothing(), rows)


async def is_revoked(tx: ReadSession, jti: str) -> bool:
    """Whether an access token was ended before its time."""
    return await tx.scalar(select(RevokedToken.jti).where(RevokedToken.jti == jti)) is not None


async def keep_access(
    tx: WriteSession, token_hash: bytes, client: uuid.UUID, *, ends_at: datetime
) -> None:
    """Keep the hash of a program's access token, and forget those that are over."""
    await tx.execute(delete(AccessToken).where(AccessToken.ends_at < func.now()))
    tx.add(AccessToken(id_hash=token_hash, client=client, ends_at=ends_at))
    await tx.flush()


async def allowed_scopes(tx: ReadSession, user_id: uuid.UUID, client: uuid.UUID) -> frozenset[str]:
    """What the person allowed this client before."""
    query = select(Consent.scopes).where(Consent.user_id == user_id, Consent.client == client)
    return frozenset(await tx.scalar(query) or ())


async def put_consent(
    tx: WriteSession, user_id: uuid.UUID, client: uuid.UUID, *, scopes: list[str], at: datetime
) -> None:
    """Remember what the person allowed."""
    row = {"user_id": user_id, "client": client, "scopes": scopes, "given_at": at}
    await tx.execute(
        upsert(Consent)
        .values(row)
        .on_conflict_do_update(
            index_elements=[Consent.user_id, Consent.client],
            set_={"scopes": scopes, "given_at": at},
        )
    )


async def put_session_client(
    tx: WriteSession, session_id: uuid.UUID, client: uuid.UUID, *, user_id: uuid.UUID, at: datetime
) -> None:
    """Remember where this session signed the person in."""
    row = {"session_id": session_id, "client": client, "user_id": user_id, "at": at}
    await tx.execute(
        upsert(SessionClient)
        .values(row)
        .on_conflict_do_update(
            index_elements=[SessionClient.session_id, SessionClient.client], set_={"at": at}
        )
    )


async def prune(tx: WriteSession, *, at: datetime) -> int:
    """Forget what nobody can present any more; how many rows went."""
    gone = 0
    for statement in (
        delete(AuthorizationCode).where(AuthorizationCode.ends_at < at - KEEP),
        delete(RefreshToken).where(RefreshToken.ends_at < at - KEEP),
        delete(RevokedToken).where(RevokedToken.ends_at < at),
        delete(SessionClient).where(SessionClient.at < at - KEEP),
        delete(LogoutNotice).where(LogoutNotice.made_at < at - KEEP),
    ):
        gone += (await tx.execute(statement)).rowcount  # type: ignore[attr-defined]
    return gone


async def trust_hydra(tx: WriteSession, *, is_on: bool) -> None:
    """Say that programs prove themselves to Hydra, or no longer. Only the schema's owner may; audited."""
    if is_on:
        await tx.execute(upsert(Trust).values(what=HYDRA_PROGRAMS).on_conflict_do_nothing())
    else:
        await tx.execute(delete(Trust).where(Trust.what == HYDRA_PROGRAMS))
    await tx.audit("insert" if is_on else "delete", kind="trust", columns=[HYDRA_PROGRAMS])
