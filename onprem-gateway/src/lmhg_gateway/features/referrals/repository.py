"""All SQL of referrals."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    bindparam,
    delete,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from lmhg_gateway.features.contacts.public import ABOUT_OTHERS, ContactAttempt
from lmhg_gateway.features.referrals.models import CallRule, Referral, ReferralEdit, ReferralMove
from lmhg_gateway.features.referrals.rules import EXITS, OPEN_STATES, TAKEN_BACK, State
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part, is_one_of

OWNED_MAX = 1000
FREED_TIME = "freed_time"
"""What a referral waits for that has an open offer: the offer has the row on the work list."""
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


async def owned_by(tx: ReadSession, people: Sequence[uuid.UUID]) -> Sequence[Referral]:
    """Open referrals that these colleagues see to, the longest waiting first."""
    query = select(Referral).where(
        Referral.owner_id.in_(list(people)), Referral.state.in_((*OPEN_STATES, State.ATTENDED))
    )
    return (await tx.scalars(query.order_by(Referral.state_at).limit(OWNED_MAX))).all()


async def moves_of(tx: ReadSession, referral_id: uuid.UUID) -> Sequence[ReferralMove]:
    """The steps of a referral, oldest first."""
    query = select(ReferralMove).where(ReferralMove.referral_id == referral_id)
    return (await tx.scalars(query.order_by(ReferralMove.moved_at).limit(200))).all()


async def in_states(
    tx: ReadSession, states: Sequence[str], *, limit: int = BOARD_MAX, first: int = 0
) -> Sequence[Referral]:
    """Referrals in these states: urgent first, then the longest waiting."""
    given = {"states": list(states), "first": first, "most": limit}
    return (await tx.scalars(_IN_STATES, given)).all()


async def listed(
    tx: ReadSession, states: Sequence[str], *, urgency: str, sort: str, first: int, size: int
) -> tuple[Sequence[Referral], int]:
    """A part of the referrals in these states, in the order asked for; and how many there are."""
    given = {"urgency": urgency} if urgency else {}
    part = _listed(sort, is_by_urgency=bool(urgency))
    return await part.read(tx, first=first, size=size, states=list(states), **given)


_ORDERS: Mapping[str, tuple[Any, ...]] = {
    "waiting": ((Referral.urgency == "urgent").desc(), Referral.state_at),
    "-waiting": (Referral.state_at.desc(),),
    "-received": (Referral.received_on.desc(),),
    "received": (Referral.received_on.asc(),),
}

_STATES = is_one_of(Referral.state, "states")
_IN_STATES = (
    select(Referral)
    .where(_STATES)
    .order_by(*_ORDERS["waiting"])
    .offset(bindparam("first", type_=BigInteger))
    .limit(bindparam("most", type_=BigInteger))
)
_COUNTS = select(Referral.state, func.count()).group_by(Referral.state)


@cache
def _listed(sort: str, *, is_by_urgency: bool) -> Part[Referral]:
    query = select(Referral).where(_STATES).order_by(*_ORDERS[sort], Referral.id)
    if is_by_urgency:
        query = query.where(Referral.urgency == bindparam("urgency", type_=String))
    return Part(query)


async def oldest_open(tx: ReadSession, client_id: uuid.UUID) -> date | None:
    """Since when a client has an open referral."""
    open_ones = (Referral.client_id == client_id, Referral.state.in_(OPEN_STATES))
    return await tx.scalar(select(func.min(Referral.received_on)).where(*open_ones))


async def over_since(tx: ReadSession, client_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Of these clients, those of whom every referral is over, and when the last one was."""
    query = (
        select(Referral.client_id, func.max(Referral.state_at))
        .where(Referral.client_id.in_(client_ids))
        .group_by(Referral.client_id)
        .having(func.bool_and(Referral.state.in_(EXITS)))
    )
    return {row[0]: row[1] for row in (await tx.execute(query)).all()}


async def last_move(tx: ReadSession, referral_id: uuid.UUID) -> ReferralMove | None:
    """The newest step of a referral."""
    query = select(ReferralMove).where(ReferralMove.referral_id == referral_id)
    return await tx.scalar(query.order_by(ReferralMove.moved_at.desc()).limit(1))


async def step_into(
    tx: ReadSession, referral_id: uuid.UUID, state: str, *, before: datetime
) -> ReferralMove | None:
    """The newest step that led into a state before a moment; a step taken back leads nowhere."""
    query = select(ReferralMove).where(
        ReferralMove.referral_id == referral_id,
        ReferralMove.to_state == state,
        ReferralMove.moved_at < before,
        ReferralMove.reason.is_distinct_from(TAKEN_BACK),
    )
    return await tx.scalar(query.order_by(ReferralMove.moved_at.desc()).limit(1))


async def counts(tx: ReadSession) -> dict[str, int]:
    """How many referrals stand in each state."""
    return {row[0]: row[1] for row in (await tx.execute(_COUNTS)).all()}


async def edits_of(tx: ReadSession, referral_id: uuid.UUID) -> Sequence[ReferralEdit]:
    """Who changed what is known of a referral, oldest first."""
    query = select(ReferralEdit).where(ReferralEdit.referral_id == referral_id)
    return (await tx.scalars(query.order_by(ReferralEdit.edited_at).limit(200))).all()


async def add(tx: WriteSession, record: Referral | ReferralMove | ReferralEdit) -> None:
    """Keep a referral, a step, or that it was edited; all stay on-prem."""
    tx.add(record)
    await tx.flush()


async def call_rules(tx: ReadSession) -> dict[str, int]:
    """The practice's own rules for calls, by name."""
    return {row.name: row.value for row in (await tx.execute(_CALL_RULES)).all()}


_CALL_RULES = select(CallRule.name, CallRule.value)


async def put_call_rules(tx: WriteSession, rules: Mapping[str, int]) -> None:
    """Keep these rules and no others."""
    await tx.execute(delete(CallRule).where(CallRule.name.not_in(list(rules))))
    for name, value in rules.items():
        row = insert(CallRule).values(name=name, value=value)
        await tx.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def newest_of_client(tx: ReadSession, client_id: uuid.UUID) -> Referral | None:
    """A client's newest referral: an open one, if there is any."""
    query = select(Referral).where(Referral.client_id == client_id)
    order = (Referral.state.in_(EXITS), Referral.created_at.desc())
    return await tx.scalar(query.order_by(*order).limit(1))


def has_open(client_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """Whether a client has an open referral."""
    return exists().where(Referral.client_id == client_id, Referral.state.in_(OPEN_STATES))


async def not_on(tx: ReadSession, kind: str, *, limit: int) -> Sequence[uuid.UUID]:
    """Open referrals that have no row on the work list."""
    on_list = exists().where(WorkItem.subject_kind == kind, WorkItem.subject_id == Referral.id)
    open_ones = Referral.state.in_((*OPEN_STATES, State.ATTENDED))
    elsewhere = (Referral.state == State.OFFERED) & (Referral.waits_for == FREED_TIME)
    missing = select(Referral.id).where(open_ones, ~func.coalesce(elsewhere, False), ~on_list)
    return (await tx.scalars(missing.limit(limit))).all()


async def moves_between(
    tx: ReadSession, begin: datetime, end: datetime, *, by_programs: bool, limit: int
) -> Sequence[tuple[ReferralMove, uuid.UUID]]:
    """Steps of people or of programs in a stretch of time with the client of each, newest first."""
    query = (
        select(ReferralMove, Referral.client_id)
        .join(Referral, Referral.id == ReferralMove.referral_id)
        .where(
            ReferralMove.moved_at >= begin,
            ReferralMove.moved_at < end,
            ReferralMove.moved_by.contains(":").is_(by_programs),
        )
        .order_by(ReferralMove.moved_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in (await tx.execute(query)).all()]


async def quiet_since(
    tx: ReadSession, since: datetime, *, first: int, size: int
) -> tuple[Sequence[tuple[Referral, ContactAttempt]], int]:
    """Open referrals whose last try was after a moment and after their last step, oldest try first."""
    last = (
        select(ContactAttempt.referral_id, func.max(ContactAttempt.tried_at).label("at"))
        .where(
            ContactAttempt.undone_at.is_(None),
            ContactAttempt.result.not_in(ABOUT_OTHERS),
            ContactAttempt.tried_at >= since,
        )
        .group_by(ContactAttempt.referral_id)
        .subquery()
    )
    query = (
        select(Referral, ContactAttempt)
        .join(last, last.c.referral_id == Referral.id)
        .join(
            ContactAttempt,
            (ContactAttempt.referral_id == Referral.id) & (ContactAttempt.tried_at == last.c.at),
        )
        .where(Referral.state.in_(OPEN_STATES), Referral.state_at <= last.c.at)
    )
    total = await tx.scalar(select(func.count()).select_from(query.subquery()))
    ordered = query.order_by(last.c.at, Referral.id).offset(first).limit(size)
    rows = (await tx.execute(ordered)).all()
    return [(row[0], row[1]) for row in rows], int(total or 0)


async def to_report(
    tx: WriteSession,
    client_id: uuid.UUID,
    *,
    allowed: bool,
    only: Sequence[uuid.UUID] | None,
    most: int,
) -> Sequence[Referral]:
    """A client's referrals of which the referrer may be told, or not: those not closed, or these alone."""
    whose = (Referral.client_id == client_id, Referral.may_report_back.is_(allowed))
    which = Referral.state != State.CLOSED if only is None else Referral.id.in_(list(only))
    query = select(Referral).where(*whose, which).order_by(Referral.id).limit(most)
    return (await tx.scalars(query.with_for_update())).all()


REPORTED_MAX = 64
"""Referrals of one client of which it is said at once."""


async def behind(tx: ReadSession, after: uuid.UUID | None, *, limit: int) -> Sequence[Referral]:
    """Some referrals in the order of their ids, behind one of them."""
    query = select(Referral).order_by(Referral.id).limit(limit)
    return (await tx.scalars(query.where(Referral.id > after) if after else query)).all()
