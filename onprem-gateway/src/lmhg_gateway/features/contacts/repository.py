"""All SQL of contact attempts."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from lmhg_gateway.features.contacts.models import ContactAttempt
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import is_one_of

SHOWN_MAX = 200


async def add(tx: WriteSession, attempt: ContactAttempt) -> None:
    """Keep a try; it stays in the office."""
    tx.add(attempt)
    await tx.flush()


async def locked(tx: WriteSession, attempt_id: uuid.UUID) -> ContactAttempt | None:
    """One try, held until this unit of work ends."""
    query = select(ContactAttempt).where(ContactAttempt.id == attempt_id).with_for_update()
    return await tx.scalar(query)


_OF_REFERRAL = (
    select(ContactAttempt)
    .where(is_one_of(ContactAttempt.referral_id, "ids"))
    .order_by(ContactAttempt.tried_at.desc())
    .limit(SHOWN_MAX)
)
_OF_CLIENT = (
    select(ContactAttempt)
    .where(is_one_of(ContactAttempt.client_id, "ids"))
    .order_by(ContactAttempt.tried_at.desc())
    .limit(SHOWN_MAX)
)


async def of_referral(tx: ReadSession, referral_id: uuid.UUID) -> Sequence[ContactAttempt]:
    """The tries of a referral, newest first, with those taken back."""
    return (await tx.scalars(_OF_REFERRAL, {"ids": [referral_id]})).all()


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[ContactAttempt]:
    """The tries of a client, newest first, with those taken back."""
    return (await tx.scalars(_OF_CLIENT, {"ids": [client_id]})).all()


async def between(
    tx: ReadSession, begin: datetime, end: datetime, *, limit: int
) -> Sequence[ContactAttempt]:
    """What was tried in a stretch of time and not taken back, newest first."""
    query = select(ContactAttempt).where(
        ContactAttempt.tried_at >= begin,
        ContactAttempt.tried_at < end,
        ContactAttempt.undone_at.is_(None),
    )
    return (await tx.scalars(query.order_by(ContactAttempt.tried_at.desc()).limit(limit))).all()


async def last_of_referrals(
    tx: ReadSession, referral_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, ContactAttempt]:
    """The newest try of each of these referrals that was not taken back."""
    query = (
        select(ContactAttempt)
        .distinct(ContactAttempt.referral_id)
        .where(
            ContactAttempt.referral_id.in_(list(referral_ids)),
            ContactAttempt.undone_at.is_(None),
        )
        .order_by(ContactAttempt.referral_id, ContactAttempt.tried_at.desc())
    )
    found = (await tx.scalars(query)).all()
    return {each.referral_id: each for each in found if each.referral_id}
