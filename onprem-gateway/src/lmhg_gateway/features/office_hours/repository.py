"""All SQL of office hours."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lmhg_gateway.features.office_hours.models import Holiday, OfficeDay
from lmhg_gateway.features.office_hours.rules import HOLIDAYS_MAX
from lmhg_kit.office_hours import Span
from lmhg_kit.persistence import ReadSession, WriteSession

_WEEK = select(OfficeDay.weekday, OfficeDay.opens, OfficeDay.closes)
_HOLIDAYS = select(Holiday.day, Holiday.name).order_by(Holiday.day.desc()).limit(2 * HOLIDAYS_MAX)


async def week(tx: ReadSession) -> dict[int, Span]:
    """Hours by weekday."""
    return {row.weekday: (row.opens, row.closes) for row in (await tx.execute(_WEEK)).all()}


async def holidays(tx: ReadSession) -> Sequence[tuple[date, str]]:
    """The days on which the practice is closed, with their names, last first."""
    return [(row.day, row.name) for row in (await tx.execute(_HOLIDAYS)).all()]


async def put_week(tx: WriteSession, spans: Mapping[int, Span]) -> None:
    """Write the week as it is now."""
    await tx.execute(delete(OfficeDay).where(OfficeDay.weekday.not_in(list(spans))))
    for weekday, (opens, closes) in spans.items():
        row = insert(OfficeDay).values(weekday=weekday, opens=opens, closes=closes)
        changed = {"opens": opens, "closes": closes}
        await tx.execute(row.on_conflict_do_update(index_elements=["weekday"], set_=changed))


async def put_holiday(tx: WriteSession, day: date, name: str) -> None:
    """Keep a day on which the practice is closed; a day has one name."""
    row = insert(Holiday).values(day=day, name=name)
    await tx.execute(row.on_conflict_do_update(index_elements=["day"], set_={"name": name}))


async def drop_holiday(tx: WriteSession, day: date) -> None:
    """Open on a day after all."""
    await tx.execute(delete(Holiday).where(Holiday.day == day))
