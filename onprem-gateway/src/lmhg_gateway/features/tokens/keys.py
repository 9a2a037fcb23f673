"""Signing keys: published before they sign, kept until their last token is over, then destroyed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc.jwk import RSAKey
from sqlalchemy import or_, select, text, update

from lmhg_gateway.features.tokens.models import SigningKey
from lmhg_gateway.features.tokens.rules import SKEW, TOKEN_LIFE
from lmhg_gateway.features.tokens.tokens import ALG
from lmhg_kit.errors import Unavailable
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.sealing import installed

BITS = 2048
JWKS_MAX_AGE_S = 600
"""How long a relying party may keep our key set."""
LEAD = timedelta(seconds=JWKS_MAX_AGE_S) + SKEW
"""How long a new key is published before it signs: by then everybody has fetched it."""
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(7141, 0)")


async def ensure(tx: WriteSession, *, at: datetime) -> bool:
    """Make the first key; whether there was none."""
    await tx.execute(_ONE_AT_A_TIME)
    query = select(SigningKey.kid).where(SigningKey.private_sealed.is_not(None)).limit(1)
    if await tx.scalar(query) is not None:
        return False
    tx.sync_session.add(await _new(active_from=at, at=at))
    return True


async def rotate(tx: WriteSession, *, at: datetime, leaked: bool = False) -> SigningKey:
    """A new key: it signs after everybody could fetch it, and the others end after their tokens.

    With `leaked` it signs at once and the others are no longer believed: everybody signs in again.
    """
    await tx.execute(_ONE_AT_A_TIME)
    active_from = at if leaked else at + LEAD
    ends_at = at if leaked else active_from + TOKEN_LIFE + SKEW
    others = SigningKey.retired_at.is_(None)
    if leaked:
        others = or_(others, SigningKey.retired_at > at)
    await tx.execute(update(SigningKey).where(others).values(retired_at=ends_at))
    made = await _new(active_from=active_from, at=at)
    tx.sync_session.add(made)
    await destroy(tx, at=at)
    return made


async def destroy(tx: WriteSession, *, at: datetime) -> int:
    """Forget the private half of every key that is over; how many there were."""
    over = SigningKey.retired_at <= at
    gone = await tx.execute(
        update(SigningKey)
        .where(over, SigningKey.private_sealed.is_not(None))
        .values(private_sealed=None)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


async def signer(tx: ReadSession, *, at: datetime) -> RSAKey:
    """The key that signs now: the newest whose time has come. Raises: Unavailable, KeyUnknown."""
    query = (
        select(SigningKey.kid, SigningKey.private_sealed)
        .where(
            SigningKey.active_from <= at,
            SigningKey.private_sealed.is_not(None),
            or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > at),
        )
        .order_by(SigningKey.active_from.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        raise Unavailable("signing_key_missing")
    pem = installed().open(row.private_sealed, place=_place(row.kid))
    return RSAKey.import_key(pem, {"kid": row.kid, "alg": ALG, "use": "sig"})


async def published(tx: ReadSession, *, at: datetime) -> list[dict[str, Any]]:
    """The public keys that are believed now, newest first; the coming one among them."""
    query = (
        select(SigningKey.public_jwk)
        .where(or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > at))
        .order_by(SigningKey.active_from.desc())
    )
    return list((await tx.scalars(query)).all())


async def ever_published(tx: ReadSession) -> list[dict[str, Any]]:
    """Every public key there was: an old ID token may still say whose session should end."""
    query = select(SigningKey.public_jwk).order_by(SigningKey.active_from.desc())
    return list((await tx.scalars(query)).all())


async def listed(tx: ReadSession) -> Sequence[SigningKey]:
    """Every key with its times, newest first, for the operator."""
    return (await tx.scalars(select(SigningKey).order_by(SigningKey.active_from.desc()))).all()


def state_of(key: SigningKey, *, at: datetime) -> str:
    """What a key does, in words."""
    if key.active_from > at:
        return f"published, signs from {_minute(key.active_from)}"
    if key.retired_at is None:
        return f"signs since {_minute(key.active_from)}"
    return f"published until {_minute(key.retired_at)}; a newer one signs, or soon will"


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


async def _new(*, active_from: datetime, at: datetime) -> SigningKey:
    key = await asyncio.to_thread(RSAKey.generate_key, BITS)
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "alg": ALG, "use": "sig"}
    return SigningKey(
        kid=kid,
        alg=ALG,
        private_sealed=installed().seal(key.as_pem(private=True), place=_place(kid)),
        public_jwk=public,
        created_at=at,
        active_from=active_from,
    )


def _place(kid: str) -> str:
    return f"identity.signing_key|private|{kid}"
