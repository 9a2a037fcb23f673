"""All SQL of who waits, what they wish for, whom clinicians can see, and the practice's rules."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from lmhg_gateway.features.referrals.public import KIND, Referral, State
from lmhg_gateway.features.waitlist.models import WaitlistRule, WaitWish
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

RANKED_MAX = 500
"""People on the waitlist who are ranked for one freed time, longest wait first."""
SINCE = func.coalesce(Referral.arrived_at, Referral.created_at)
Found = tuple[Referral, WaitWish | None]

_ORDERS = {"waiting": SINCE.asc(), "-waiting": SINCE.desc()}


async def waiting(
    tx: ReadSession, *, sort: str = "waiting", first: int = 0, size: int = RANKED_MAX
) -> tuple[Sequence[Referral], int]:
    """A part of the people on the waitlist; and how many there are."""
    query = select(Referral).where(Referral.state == State.WAITLISTED)
    return await part_of(tx, query.order_by(_ORDERS[sort], Referral.id), first=first, size=size)


async def wishes_of(tx: ReadSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, WaitWish]:
    """What these referrals wish for, where it was noted."""
    found = (await tx.scalars(select(WaitWish).where(WaitWish.referral_id.in_(ids)))).all()
    return {each.referral_id: each for each in found}


async def wish(tx: ReadSession, referral_id: uuid.UUID) -> WaitWish | None:
    """What one referral wishes for."""
    return await tx.scalar(select(WaitWish).where(WaitWish.referral_id == referral_id))


async def referral(tx: ReadSession, referral_id: uuid.UUID) -> Referral | None:
    """One referral."""
    return await tx.get(Referral, referral_id)


async def locked_wish(tx: WriteSession, referral_id: uuid.UUID) -> WaitWish | None:
    """The same, held until this unit of work ends."""
    await tx.scalar(select(Referral.id).where(Referral.id == referral_id).with_for_update())
    return await wish(tx, referral_id)


async def stale(tx: ReadSession, *, at: datetime) -> tuple[int, int]:
    """How many wait, and how many of them the practice should have asked by now if they still want it."""
    on_list = (WorkItem.subject_kind == KIND) & (WorkItem.subject_id == Referral.id)
    late = or_(WorkItem.step != "still_wanted", WorkItem.due_at < at)
    query = (
        select(func.count(), func.count().filter(late))
        .select_from(Referral)
        .outerjoin(WorkItem, on_list)
        .where(Referral.state == State.WAITLISTED)
    )
    row = (await tx.execute(query)).one()
    return int(row[0]), int(row[1])


async def stale_ids(
    tx: ReadSession, ids: Sequence[uuid.UUID], *, at: datetime
) -> frozenset[uuid.UUID]:
    """Of these referrals, those of whom it is time to ask if they still want it."""
    query = select(WorkItem.subject_id).where(
        WorkItem.subject_kind == KIND,
        WorkItem.subject_id.in_(ids),
        or_(WorkItem.step != "still_wanted", WorkItem.due_at < at),
    )
    return frozenset((await tx.scalars(query)).all())


async def rules(tx: ReadSession) -> dict[str, int]:
    """The practice's own rules for offers, by name."""
    rows = (await tx.execute(select(WaitlistRule.name, WaitlistRule.value))).all()
    return {row.name: row.value for row in rows}


async def put_rules(tx: WriteSession, said: Mapping[str, int]) -> None:
    """Keep these rules and no others."""
    await tx.execute(delete(WaitlistRule).where(WaitlistRule.name.not_in(list(said))))
    for name, value in said.items():
        row = insert(WaitlistRule).values(name=name, value=value)
        await tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
