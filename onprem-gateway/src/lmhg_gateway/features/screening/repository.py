"""All SQL about allowed words."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lmhg_gateway.features.screening.models import Allowance
from lmhg_kit.persistence import ReadSession, WriteSession

LISTED_MAX = 500
ALLOWED_MAX = 2_000


async def listed(tx: ReadSession) -> Sequence[Allowance]:
    """The newest allowed words, the removed ones included."""
    query = select(Allowance).order_by(Allowance.asked_at.desc()).limit(LISTED_MAX)
    return (await tx.scalars(query)).all()


async def locked(tx: WriteSession, allowance_id: uuid.UUID) -> Allowance | None:
    """One of them, held until this unit of work ends."""
    return await tx.scalar(select(Allowance).where(Allowance.id == allowance_id).with_for_update())


async def live_id(tx: ReadSession, token: bytes) -> uuid.UUID | None:
    """The one with this term that nobody removed, if there is one."""
    query = select(Allowance.id).where(Allowance.token == token, Allowance.removed_at.is_(None))
    return await tx.scalar(query)


async def allowed_ids(tx: ReadSession) -> frozenset[uuid.UUID]:
    """Which allowed words count now: approved and not removed."""
    query = select(Allowance.id).where(
        Allowance.approved_at.is_not(None), Allowance.removed_at.is_(None)
    )
    return frozenset((await tx.scalars(query.limit(ALLOWED_MAX))).all())


async def with_ids(tx: ReadSession, ids: frozenset[uuid.UUID]) -> Sequence[Allowance]:
    """These, opened."""
    return (await tx.scalars(select(Allowance).where(Allowance.id.in_(ids)))).all()
