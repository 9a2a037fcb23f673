"""All SQL of break-glass."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text

from lmhg_gateway.features.break_glass.models import BreakGlass
from lmhg_kit.persistence import Database, ReadSession, WriteSession

LISTED_MAX = 100


_OPEN_UNTIL = text("select relay_release.glass_open_until(:who, :now)")
"""Made once: every request of the workspace asks it."""


async def open_until(db: Database, user_id: uuid.UUID, *, at: datetime) -> datetime | None:
    """Until when this person's glass is broken, if it is."""
    async with db.engine.connect() as connection:
        found = await connection.execute(_OPEN_UNTIL, {"who": user_id, "now": at})
        return found.scalar_one_or_none()


async def running(tx: WriteSession, user_id: uuid.UUID, *, at: datetime) -> Sequence[BreakGlass]:
    """Openings of this person that are not over, held until this unit of work ends."""
    query = select(BreakGlass).where(
        BreakGlass.user_id == user_id, BreakGlass.ended_at.is_(None), BreakGlass.ends_at > at
    )
    return (await tx.scalars(query.with_for_update())).all()


async def listed(tx: ReadSession, *, user_id: uuid.UUID | None) -> Sequence[BreakGlass]:
    """What waits for a review, then the newest openings: everybody's, or one person's."""
    is_reviewed = BreakGlass.reviewed_at.is_not(None)
    query = select(BreakGlass).order_by(is_reviewed, BreakGlass.opened_at.desc()).limit(LISTED_MAX)
    if user_id is not None:
        query = query.where(BreakGlass.user_id == user_id)
    return (await tx.scalars(query)).all()


async def to_review(tx: ReadSession, *, but: uuid.UUID) -> int:
    """How many openings wait for a review by anybody but this person, whose own do not count."""
    query = select(func.count()).where(BreakGlass.reviewed_at.is_(None), BreakGlass.user_id != but)
    return int(await tx.scalar(query) or 0)


async def locked(tx: WriteSession, opening_id: uuid.UUID) -> BreakGlass | None:
    """One opening, held until this unit of work ends."""
    return await tx.scalar(select(BreakGlass).where(BreakGlass.id == opening_id).with_for_update())


async def untold(tx: WriteSession) -> Sequence[BreakGlass]:
    """Openings that the officers have not been written to about."""
    query = select(BreakGlass).where(BreakGlass.told_at.is_(None)).limit(LISTED_MAX)
    return (await tx.scalars(query.with_for_update(skip_locked=True))).all()


async def counts_between(tx: ReadSession, start: datetime, end: datetime) -> dict[str, int]:
    """Openings of a time, and what their reviews said."""
    query = (
        select(BreakGlass.outcome, func.count())
        .where(BreakGlass.opened_at >= start, BreakGlass.opened_at < end)
        .group_by(BreakGlass.outcome)
    )
    found = {outcome: int(count) for outcome, count in (await tx.execute(query)).all()}
    return {
        "openings": sum(found.values()),
        "not_reviewed": found.get("open", 0),
        "judged_justified": found.get("justified", 0),
        "judged_incident": found.get("incident", 0),
    }
