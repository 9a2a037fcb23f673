"""Office hours for programs: the week, and the days on which the practice is closed."""

from datetime import date, time
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.office_hours import repository, service
from lmhg_gateway.features.office_hours.forms import HolidayForm, WeekForm, spans_of
from lmhg_gateway.features.office_hours.rules import WEEKDAYS, week_of
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/office-hours"


class OpenDay(msgspec.Struct, frozen=True, kw_only=True):
    """A weekday on which the practice works."""

    weekday: str
    opens: time
    closes: time


class ClosedDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which the practice is closed though its week says otherwise."""

    day: date
    name: str


class OfficeHoursOut(msgspec.Struct, frozen=True, kw_only=True):
    """The week, in the practice's own time, and the closed days, last first."""

    timezone: str
    week: list[OpenDay]
    closed: list[ClosedDay]


async def _out(tx: ReadSession, ask: Ask[Any]) -> OfficeHoursOut:
    hours = await service.hours_of(tx, ask.practice.zone)
    return OfficeHoursOut(
        timezone=ask.practice.timezone,
        week=[
            OpenDay(weekday=WEEKDAYS[number], opens=opens, closes=closes)
            for number, (opens, closes) in sorted(hours.week.items())
        ],
        closed=[ClosedDay(day=day, name=name) for day, name in await repository.holidays(tx)],
    )


@answers(PATH, "office_hours.read", purpose="office_hours", tag="office hours")
async def read_office_hours(tx: ReadSession, ask: Ask[Any]) -> OfficeHoursOut:
    """When the practice works."""
    return await _out(tx, ask)


@does(PATH, "office_hours.write", purpose="office_hours.save", tag="office hours", method="PUT")
async def put_office_week(
    tx: WriteSession, ask: Ask[Any], data: JSONBody[WeekForm]
) -> OfficeHoursOut:
    """Work in these hours from now on; a day without times is closed."""
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    await service.save_week(tx, week_of(spans_of(given)))
    return await _out(tx, ask)


@does(f"{PATH}/closed", "office_hours.write", purpose="office_hours.closed", tag="office hours")
async def add_closed_day(
    tx: WriteSession, ask: Ask[Any], data: JSONBody[HolidayForm]
) -> OfficeHoursOut:
    """Be closed on a day."""
    await service.add_holidays(tx, [(data.day, data.name)], today=ask.practice.today())
    return await _out(tx, ask)


@does(
    f"{PATH}/closed/{{day:str}}",
    "office_hours.write",
    purpose="office_hours.open",
    tag="office hours",
    method="DELETE",
)
async def drop_closed_day(tx: WriteSession, ask: Ask[Any], day: FromPath[str]) -> OfficeHoursOut:
    """Be open on a day after all."""
    await service.drop_holiday(tx, day)
    return await _out(tx, ask)


@answers(f"{PATH}/suggested", "office_hours.read", purpose="office_hours", tag="office hours")
async def read_suggested(tx: ReadSession, ask: Ask[Any]) -> list[ClosedDay]:
    """Holidays of the next twelve months on which the practice would work."""
    state = SETTINGS.of(ask.request).practice_state
    found = await service.suggested_days(tx, state=state, today=ask.practice.today())
    return [ClosedDay(day=day, name=name) for day, name in found]


HANDLERS = (read_office_hours, read_suggested, put_office_week, add_closed_day, drop_closed_day)
