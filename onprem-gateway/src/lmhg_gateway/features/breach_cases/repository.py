"""All SQL of breach cases."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from lmhg_gateway.features.breach_cases.models import BreachCase, BreachNotice
from lmhg_kit.persistence import ReadSession, WriteSession

CASES_MAX, NOTICES_MAX = 300, 2000


async def cases(tx: ReadSession) -> Sequence[BreachCase]:
    """Every case, those discovered last on top."""
    query = select(BreachCase).order_by(BreachCase.discovered_on.desc(), BreachCase.id)
    return (await tx.scalars(query.limit(CASES_MAX))).all()


async def by_id(tx: ReadSession, case_id: uuid.UUID) -> BreachCase | None:
    """One case."""
    return await tx.scalar(select(BreachCase).where(BreachCase.id == case_id))


async def of_incident(tx: ReadSession, incident_id: uuid.UUID) -> BreachCase | None:
    """The case of an incident, if there is one."""
    return await tx.scalar(select(BreachCase).where(BreachCase.incident_id == incident_id))


async def locked(tx: WriteSession, case_id: uuid.UUID) -> BreachCase | None:
    """One case, held until this unit of work ends."""
    return await tx.scalar(select(BreachCase).where(BreachCase.id == case_id).with_for_update())


async def notices(tx: ReadSession, cases: Sequence[uuid.UUID]) -> Sequence[BreachNotice]:
    """Who was told in these cases, oldest first, without what was taken back."""
    query = select(BreachNotice).where(
        BreachNotice.case_id.in_(list(cases)), BreachNotice.undone_at.is_(None)
    )
    ordered = query.order_by(BreachNotice.told_on, BreachNotice.noted_at)
    return (await tx.scalars(ordered.limit(NOTICES_MAX))).all()


async def locked_notice(tx: WriteSession, notice_id: uuid.UUID) -> BreachNotice | None:
    """One notice, held until this unit of work ends."""
    query = select(BreachNotice).where(BreachNotice.id == notice_id)
    return await tx.scalar(query.with_for_update())


async def add(tx: WriteSession, row: BreachCase | BreachNotice) -> None:
    """Keep a case or a notice."""
    tx.sync_session.add(row)
    await tx.flush()
