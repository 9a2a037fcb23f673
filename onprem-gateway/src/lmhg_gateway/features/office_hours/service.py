"""Use cases of office hours."""

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from lmhg_gateway.features.office_hours import repository
from lmhg_gateway.features.office_hours.holiday_rules import suggested
from lmhg_gateway.features.office_hours.models import NAME_MAX
from lmhg_gateway.features.office_hours.rules import check_holiday
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.http.door import day_in
from lmhg_kit.office_hours import USUAL, OfficeHours, Span
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "office_hours"


async def hours_of(tx: ReadSession, zone: ZoneInfo) -> OfficeHours:
    """When the practice works: its own week and holidays, the usual week until it says so."""
    days, week = await tx.together(repository.holidays(tx), repository.week(tx))
    closed = frozenset(day for day, _ in days)
    return OfficeHours(zone, week=week, closed=closed) if week else OfficeHours(zone, closed=closed)


async def save_week(tx: WriteSession, week: Mapping[int, Span]) -> None:
    """Work in these hours from now on. What is already due stays so until its next step."""
    await repository.put_week(tx, week)
    await tx.audit("update", kind=KIND, columns=("week",))


async def add_holidays(tx: WriteSession, days: Sequence[tuple[date, str]], *, today: date) -> None:
    """Be closed on these days. Raises: Invalid."""
    held = len(await repository.holidays(tx))
    for number, (day, name) in enumerate(days):
        check_holiday(day, today=today, held=held + number)
        await repository.put_holiday(tx, day, name)
    await tx.audit("update", kind=KIND, columns=("holiday",))


async def suggested_days(tx: ReadSession, *, state: str, today: date) -> list[tuple[date, str]]:
    """Holidays of the next twelve months on which the practice would work."""
    days, week = await tx.together(repository.holidays(tx), repository.week(tx))
    known = {day for day, _ in days}
    return suggested(state=state, today=today, known=known, works_on=week or USUAL)


async def add_suggested(tx: WriteSession, days: Sequence[date], *, state: str, today: date) -> None:
    """Be closed on these of the suggested days; others are left out. Raises: Invalid."""
    offered = await suggested_days(tx, state=state, today=today)
    chosen = [(day, name[:NAME_MAX]) for day, name in offered if day in days]
    if not chosen:
        raise Invalid("holiday_none")
    await add_holidays(tx, chosen, today=today)


async def drop_holiday(tx: WriteSession, written: str) -> None:
    """Be open on a day after all, as an address writes it. Raises: NotFound."""
    day = day_in(written)
    if day is None:
        raise NotFound("holiday_gone")
    await repository.drop_holiday(tx, day)
    await tx.audit("update", kind=KIND, columns=("holiday",))
