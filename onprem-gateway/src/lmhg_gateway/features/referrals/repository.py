"""All SQL of referrals."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from lmhg_gateway.features.referrals.models import Referral, ReferralMove
from lmhg_kit.persistence import ReadSession, WriteSession

BOARD_MAX = 200
"""Referrals on the board; the oldest first, so none waits out of sight at the start."""


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[Referral]:
    """A client's referrals, newest first."""
    query = select(Referral).where(Referral.client_id == client_id)
    return (await tx.scalars(query.order_by(Referral.received_on.desc()).limit(100))).all()


async def by_id(tx: ReadSession, referral_id: uuid.UUID) -> Referral | None:
    """One referral."""
    return await tx.get(Referral, referral_id)


async def locked(tx: WriteSession, referral_id: uuid.UUID) -> Referral | None:
    """One referral, held until this unit of work ends."""
    query = select(Referral).where(Referral.id == referral_id).with_for_update()
    return await tx.scalar(query)


async def of_clients(
    tx: ReadSession, client_ids: Sequence[uuid.UUID], *, limit: int
) -> Sequence[Referral]:
    """Referrals of these clients, newest first."""
    query = select(Referral).where(Referral.client_id.in_(client_ids))
    return (await tx.scalars(query.order_by(Referral.received_on.desc()).limit(limit))).all()


async def moves_of(tx: ReadSession, referral_id: uuid.UUID) -> Sequence[ReferralMove]:
    """The steps of a referral, oldest first."""
    query = select(ReferralMove).where(ReferralMove.referral_id == referral_id)
    return (await tx.scalars(query.order_by(ReferralMove.moved_at).limit(200))).all()


async def in_states(
    tx: ReadSession, states: Sequence[str], *, limit: int = BOARD_MAX
) -> Sequence[Referral]:
    """Referrals in these states: urgent first, then the longest waiting."""
    query = (
        select(Referral)
        .where(Referral.state.in_(states))
        .order_by((Referral.urgency == "urgent").desc(), Referral.state_at)
        .limit(limit)
    )
    return (await tx.scalars(query)).all()


async def counts(tx: ReadSession) -> dict[str, int]:
    """How many referrals stand in each state."""
    query = select(Referral.state, func.count()).group_by(Referral.state)
    return {row[0]: row[1] for row in (await tx.execute(query)).all()}


async def add(tx: WriteSession, record: Referral | ReferralMove) -> None:
    """Keep a referral or a step; both stay on-prem."""
    tx.add(record)
    await tx.flush()
