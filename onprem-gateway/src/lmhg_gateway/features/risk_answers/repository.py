"""All SQL of risk answers."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select

from lmhg_gateway.features.risk_answers.models import OnCall, OnCallTurn, RiskAnswer, RiskRule
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession

RULES_MAX, SHOWN_MAX, TELL_MAX, TURNS_MAX = 200, 200, 1, 100
UNREAD_COUNT = select(func.count()).select_from(RiskAnswer).where(RiskAnswer.read_at.is_(None))


async def rules(tx: ReadSession) -> Sequence[RiskRule]:
    """Every rule, by name."""
    return (await tx.scalars(select(RiskRule).order_by(RiskRule.name).limit(RULES_MAX))).all()


async def add(tx: WriteSession, row: RiskRule | RiskAnswer) -> None:
    """Keep a rule or an answer; both stay in the office."""
    if isinstance(row, RiskAnswer):
        tx.add(row)
    else:
        tx.sync_session.add(row)
    await tx.flush()


async def drop_rule(tx: WriteSession, rule_id: uuid.UUID) -> None:
    """Look for it no longer."""
    await tx.execute(delete(RiskRule).where(RiskRule.id == rule_id))


async def on_call(tx: ReadSession) -> list[uuid.UUID]:
    """Who is told, in order."""
    return list(await tx.scalars(select(OnCall.person_id).order_by(OnCall.position)))


async def put_on_call(tx: WriteSession, people: Sequence[uuid.UUID]) -> None:
    """Tell these people, in this order."""
    await tx.execute(delete(OnCall))
    for position, person_id in enumerate(people):
        tx.sync_session.add(OnCall(position=position, person_id=person_id))
    await tx.flush()


async def turns_between(tx: ReadSession, first: date, last: date) -> Sequence[OnCallTurn]:
    """Turns that touch these days, earliest first."""
    query = select(OnCallTurn).where(
        OnCallTurn.removed_at.is_(None), OnCallTurn.first_on <= last, OnCallTurn.last_on >= first
    )
    return (await tx.scalars(query.order_by(OnCallTurn.first_on).limit(TURNS_MAX))).all()


async def turn_on(tx: ReadSession, day: date) -> uuid.UUID | None:
    """Whose turn a day is."""
    return next((each.person_id for each in await turns_between(tx, day, day)), None)


async def add_turn(tx: WriteSession, turn: OnCallTurn) -> None:
    """Keep a turn."""
    tx.sync_session.add(turn)
    await tx.flush()


async def locked_turn(tx: WriteSession, turn_id: uuid.UUID) -> OnCallTurn | None:
    """One turn, held until this unit of work ends."""
    return await tx.scalar(select(OnCallTurn).where(OnCallTurn.id == turn_id).with_for_update())


async def by_id(tx: ReadSession, answer_id: uuid.UUID) -> RiskAnswer | None:
    """One risk answer."""
    return await tx.get(RiskAnswer, answer_id)


async def locked(tx: WriteSession, answer_id: uuid.UUID) -> RiskAnswer | None:
    """One, held until this unit of work ends."""
    return await tx.scalar(select(RiskAnswer).where(RiskAnswer.id == answer_id).with_for_update())


async def newest_of(tx: ReadSession, intake_id: uuid.UUID) -> RiskAnswer | None:
    """The newest one of a form."""
    query = select(RiskAnswer).where(RiskAnswer.intake_id == intake_id)
    return await tx.scalar(query.order_by(RiskAnswer.found_at.desc()).limit(1))


async def listed(tx: ReadSession) -> Sequence[RiskAnswer]:
    """All of them, newest first."""
    query = select(RiskAnswer).order_by(RiskAnswer.found_at.desc()).limit(SHOWN_MAX)
    return (await tx.scalars(query)).all()


async def to_tell(tx: WriteSession, *, at: datetime) -> Sequence[RiskAnswer]:
    """Those of which the next person is to be told now, held until this unit of work ends."""
    query = (
        select(RiskAnswer)
        .where(RiskAnswer.tell_at <= at)
        .order_by(RiskAnswer.tell_at)
        .limit(TELL_MAX)
        .with_for_update(skip_locked=True)
    )
    return (await tx.scalars(query)).all()


async def not_on(tx: ReadSession, kind: str, *, limit: int) -> Sequence[uuid.UUID]:
    """Open ones that have no row on the work list."""
    on_list = select(WorkItem.subject_id).where(WorkItem.subject_kind == kind)
    query = select(RiskAnswer.id).where(
        RiskAnswer.closed_at.is_(None), RiskAnswer.id.not_in(on_list)
    )
    return (await tx.scalars(query.limit(limit))).all()
