"""All SQL of statements, and the two questions that they put to the relay's tables."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from lmhg_gateway.features.statements.models import MonthStatement
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import ReadSession, WriteSession

LISTED_MAX = 12

_RECEIPTS = text(
    "select number, receipt from relay.receipt"
    " where direction = 'down' and number = any(cast(:numbers as bigint[])) order by number, at"
)


async def ask(tx: WriteSession, *, month: str, zone: str, by: str) -> uuid.UUID:
    """Ask for a month's statement; the one that waits already, if there is one."""
    made = new_id()
    row = {"id": made, "month": month, "zone": zone, "asked_by": by}
    await tx.execute(insert(MonthStatement).values(row).on_conflict_do_nothing())
    query = select(MonthStatement.id).where(
        MonthStatement.month == month, MonthStatement.finished_at.is_(None)
    )
    return (await tx.execute(query)).scalar_one_or_none() or made


async def listed(tx: ReadSession) -> Sequence[MonthStatement]:
    """The newest statements, newest first."""
    query = select(MonthStatement).order_by(MonthStatement.asked_at.desc()).limit(LISTED_MAX)
    return (await tx.scalars(query)).all()


async def by_id(tx: ReadSession, statement_id: uuid.UUID) -> MonthStatement | None:
    """One statement."""
    return await tx.get(MonthStatement, statement_id)


async def waiting(tx: ReadSession) -> MonthStatement | None:
    """The oldest statement that is not finished."""
    query = select(MonthStatement).where(MonthStatement.finished_at.is_(None))
    return await tx.scalar(query.order_by(MonthStatement.asked_at).limit(1))


async def store(
    tx: WriteSession, statement_id: uuid.UUID, facts: Mapping[str, Any], *, at: datetime
) -> MonthStatement | None:
    """Write how far a statement is, or its result; None when it is finished already."""
    found = await tx.get(MonthStatement, statement_id)
    if found is None or found.finished_at is not None:
        return None
    found.moved_at = at
    for name, value in facts.items():
        setattr(found, name, value)
    await tx.flush()
    return found


async def receipts(tx: ReadSession, numbers: Sequence[int]) -> dict[int, list[bytes]]:
    """The other plane's receipts for these batches, as they came."""
    found: dict[int, list[bytes]] = {}
    for row in await tx.execute(_RECEIPTS, {"numbers": list(numbers)}):
        found.setdefault(row.number, []).append(bytes(row.receipt))
    return found
