"""A refresh token asked twice: the same answer for a moment, because answers get lost on the way.

A client that sends its refresh token again within seconds, or twice at once, has not got its answer
yet. It gets the same one. Later, or once the next token was used, two parties hold a copy.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select, update

from lmhg_gateway.features.tokens import repository
from lmhg_gateway.features.tokens.models import RefreshToken
from lmhg_kit.errors import KeyUnknown, SealBroken
from lmhg_kit.http.session import hash_token
from lmhg_kit.persistence import WriteSession
from lmhg_kit.persistence.sealing import installed

WITHIN = timedelta(seconds=10)


class _Kept(msgspec.Struct, frozen=True):
    """An answer, and the scope that it was asked with."""

    scope: str
    answer: dict[str, Any]


def keep(row: RefreshToken, form: Mapping[str, str], answer: Mapping[str, Any]) -> None:
    """Keep what the use of this token is answered with, sealed."""
    kept = _Kept(form.get("scope", ""), dict(answer))
    row.answer_sealed = installed().seal(msgspec.json.encode(kept), place=_place(row))


async def repeated(
    tx: WriteSession, row: RefreshToken, form: Mapping[str, str], *, at: datetime
) -> dict[str, Any] | None:
    """The same answer for the same request, soon after; None for a real second use.

    Its client has proved itself, and the session is valid. What it gave first is still unused.
    """
    if row.answer_sealed is None or row.used_at is None or at - row.used_at > WITHIN:
        return None
    try:
        kept = msgspec.json.decode(
            installed().open(row.answer_sealed, place=_place(row)), type=_Kept
        )
    except (KeyUnknown, SealBroken, msgspec.DecodeError):
        return None
    given = hash_token(kept.answer["refresh_token"])
    unused = select(RefreshToken.token_hash).where(
        RefreshToken.token_hash == given,
        RefreshToken.used_at.is_(None),
        RefreshToken.revoked_at.is_(None),
    )
    if kept.scope != form.get("scope", "") or await tx.scalar(unused) is None:
        return None
    person = await repository.person_of_session(tx, row.user_id, row.session_id, at=at)
    return kept.answer if person is not None else None


async def forget(tx: WriteSession, *, at: datetime) -> None:
    """Answers that nobody may ask for again."""
    change = update(RefreshToken).where(
        RefreshToken.answer_sealed.is_not(None), RefreshToken.used_at < at - WITHIN
    )
    await tx.execute(change.values(answer_sealed=None))


def _place(row: RefreshToken) -> str:
    return f"identity.refresh_token|answer|{row.token_hash.hex()}"
