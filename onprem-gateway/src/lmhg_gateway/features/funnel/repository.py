"""All SQL of the funnel: counts and lists ask by the same conditions, so they agree to the record."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, any_, func, literal, or_, select

from lmhg_gateway.features.funnel.rules import NOW, REACHED, Cut
from lmhg_gateway.features.referrals.public import KIND, TAKEN_BACK, Referral, ReferralMove
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.parts import part_of

_STEPS = select(
    ReferralMove.referral_id,
    ReferralMove.to_state,
    ReferralMove.reason,
    func.lead(ReferralMove.reason)
    .over(
        partition_by=ReferralMove.referral_id,
        order_by=(ReferralMove.moved_at, ReferralMove.created_at, ReferralMove.id),
    )
    .label("after"),
).subquery("step")
_STOOD = (
    select(_STEPS.c.referral_id, func.array_agg(_STEPS.c.to_state.distinct()).label("states"))
    .where(
        _STEPS.c.reason.is_distinct_from(TAKEN_BACK), _STEPS.c.after.is_distinct_from(TAKEN_BACK)
    )
    .group_by(_STEPS.c.referral_id)
    .subquery("stood")
)
"""The states in which each referral was: a step that was taken back led nowhere."""
_MONTH = func.to_char(Referral.received_on, "YYYY-MM")
_GROUPS: dict[str, ColumnElement[Any]] = {
    "source": Referral.source_category,  # pyright: ignore[reportAssignmentType] - a mapped column
    "month": _MONTH,
}


def _reached(state: str) -> ColumnElement[bool]:
    stood = literal(state) == any_(_STOOD.c.states)
    return or_(Referral.state == state, func.coalesce(stood, False))


def _where(query: "Select[Any]", cut: Cut) -> "Select[Any]":
    """Narrow a query over referrals and their states to what is meant."""
    query = query.select_from(Referral).outerjoin(_STOOD, _STOOD.c.referral_id == Referral.id)
    if cut.source:
        query = query.where(Referral.source_category == cut.source)
    if cut.first:
        query = query.where(Referral.received_on >= cut.first)
    if cut.last:
        query = query.where(Referral.received_on <= cut.last)
    if cut.state:
        query = query.where(Referral.state == cut.state)
    if cut.reached:
        query = query.where(_reached(cut.reached))
    if cut.now:
        query = query.where(Referral.state.in_(NOW[cut.now][1]))
    return query


async def counts(tx: ReadSession, cut: Cut, *, by: str) -> dict[str, dict[str, int]]:
    """By source or month: how many came, how far they got, and how they are now."""
    group = _GROUPS[by]
    query = select(
        group.label("of"),
        func.count().label("received"),
        *(func.count().filter(_reached(each)).label(f"reached_{each}") for each in REACHED),
        *(
            func.count().filter(Referral.state.in_(states)).label(f"now_{name}")
            for name, (_, states) in NOW.items()
        ),
    )
    rows = (await tx.execute(_where(query, cut).group_by(group))).mappings().all()
    return {str(row["of"]): {k: int(v) for k, v in row.items() if k != "of"} for row in rows}


_ORDERS = {
    "received": (Referral.received_on.asc(), Referral.id),
    "-received": (Referral.received_on.desc(), Referral.id),
    "state": (Referral.state_at.asc(), Referral.id),
    "-state": (Referral.state_at.desc(), Referral.id),
}


async def listed(
    tx: ReadSession, cut: Cut, *, sort: str, first: int, size: int
) -> tuple[Sequence[Referral], int]:
    """A part of the referrals that are meant; and how many there are."""
    query = _where(select(Referral), cut).order_by(*_ORDERS[sort])
    return await part_of(tx, query, first=first, size=size)


async def work_of(tx: ReadSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, WorkItem]:
    """The next action on each of these referrals, where there is one."""
    query = select(WorkItem).where(
        WorkItem.subject_kind == KIND, WorkItem.subject_id.in_(list(ids))
    )
    return {each.subject_id: each for each in (await tx.scalars(query)).all()}
