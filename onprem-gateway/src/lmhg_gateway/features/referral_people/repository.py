"""All SQL of the people of a referral."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from lmhg_gateway.features.referral_people.models import ReferralPerson
from lmhg_gateway.features.referrals.public import Referral
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import is_one_of, part_only, part_values

SHOWN_MAX = 100


async def of_referral(tx: ReadSession, referral_id: uuid.UUID) -> Sequence[ReferralPerson]:
    """Who takes part now, in the order in which they were added."""
    query = select(ReferralPerson).where(
        ReferralPerson.referral_id == referral_id, ReferralPerson.removed_at.is_(None)
    )
    return (await tx.scalars(query.order_by(ReferralPerson.added_at, ReferralPerson.id))).all()


async def referral(tx: ReadSession, referral_id: uuid.UUID) -> Referral | None:
    """One referral."""
    return await tx.get(Referral, referral_id)


async def locked_referral(tx: WriteSession, referral_id: uuid.UUID) -> Referral | None:
    """One referral, held until this unit of work ends."""
    return await tx.scalar(select(Referral).where(Referral.id == referral_id).with_for_update())


async def locked(tx: WriteSession, part_id: uuid.UUID) -> ReferralPerson | None:
    """One person's part, held until this unit of work ends."""
    query = select(ReferralPerson).where(ReferralPerson.id == part_id).with_for_update()
    return await tx.scalar(query)


async def of_clients(
    tx: ReadSession, client_ids: Sequence[uuid.UUID], *, limit: int = SHOWN_MAX
) -> Sequence[tuple[ReferralPerson, Referral]]:
    """Referrals in which these clients take part though they were made for someone else, newest first."""
    given = {"ids": list(client_ids), **part_values(first=0, size=limit)}
    found: Any = (await tx.execute(_OF_CLIENTS, given)).all()
    return [(row[0], row[1]) for row in found]


_LINKED: Any = (
    select(ReferralPerson, Referral)
    .join(Referral, Referral.id == ReferralPerson.referral_id)
    .where(
        is_one_of(ReferralPerson.client_id, "ids"),
        ReferralPerson.removed_at.is_(None),
        Referral.client_id != ReferralPerson.client_id,
    )
    .order_by(Referral.received_on.desc(), ReferralPerson.added_at)
)
_OF_CLIENTS: Any = part_only(_LINKED)


async def add(tx: WriteSession, part: ReferralPerson) -> None:
    """Keep a person's part; it stays in the office."""
    tx.add(part)
    await tx.flush()
