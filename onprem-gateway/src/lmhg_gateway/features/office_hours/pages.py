"""The page of office hours: the week, and the days on which the practice is closed."""

from collections.abc import Mapping
from datetime import date, datetime, time

from lmhg_gateway.features.office_hours import repository, service
from lmhg_gateway.features.office_hours.forms import HolidayForm, SuggestedForm, WeekForm, spans_of
from lmhg_gateway.features.office_hours.holiday_rules import suggested
from lmhg_gateway.features.office_hours.rules import WEEKDAYS, week_of
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.forms import start
from lmhg_kit.office_hours import USUAL, Span
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.ui.spans import clock_of

PATH = "/office-hours"


def typed(week: dict[int, Span]) -> dict[str, str]:
    """A week as the form's fields say it."""
    known = week or dict(USUAL)
    return {
        f"{name}_{which}": known[number][place].strftime("%H:%M")
        for number, name in enumerate(WEEKDAYS)
        if number in known
        for place, which in enumerate(("opens", "closes"))
    }


def shown(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """The week in words, for those who only read it."""
    spans = zip(WEEKDAYS, spans_of(values), strict=True)
    return [
        (name.capitalize(), f"{_said(opens)} to {_said(closes)}" if opens and closes else "Closed")
        for name, (opens, closes) in spans
    ]


def _said(clock: time) -> str:
    return clock_of(datetime.combine(date.min, clock))


@shows(
    PATH,
    "office_hours.read",
    template="office_hours/office_hours.html",
    purpose="office_hours",
    form=WeekForm,
)
async def office_hours(tx: ReadSession, ask: Ask[WeekForm]) -> Context:
    """The week and the days on which the practice is closed, from today on."""
    days, week = await tx.together(repository.holidays(tx), repository.week(tx))
    form, today = ask.form, ask.practice.today()
    if not form.errors and not any(form.values.values()):
        form = start(WeekForm, typed(week))
    closed = [each for each in days if each[0] >= today]
    return {
        "form": form,
        "weekdays": WEEKDAYS,
        "shown": shown(typed(week)),
        "closed": closed[::-1],
        "suggested": suggested(
            state=SETTINGS.of(ask.request).practice_state,
            today=today,
            known={day for day, _ in days},
            works_on=week or USUAL,
        ),
        "today": today,
    }


@acts(PATH, "office_hours.write", purpose="office_hours.save", form=WeekForm, back=office_hours)
async def save_week(tx: WriteSession, _ask: Ask[WeekForm], data: WeekForm) -> Done:
    """Work in these hours from now on."""
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    await service.save_week(tx, week_of(spans_of(given)))
    return Done(PATH, "office_hours.saved")


@shows(
    f"{PATH}/closed",
    "office_hours.write",
    template="office_hours/closed.html",
    purpose="office_hours.closed",
    form=HolidayForm,
)
async def new_holiday(_tx: ReadSession, ask: Ask[HolidayForm]) -> Context:
    """The form for a day on which the practice is closed."""
    return {"today": ask.practice.today()}


@acts(
    f"{PATH}/closed",
    "office_hours.write",
    purpose="office_hours.closed",
    form=HolidayForm,
    back=new_holiday,
)
async def add_holiday(tx: WriteSession, ask: Ask[HolidayForm], data: HolidayForm) -> Done:
    """Be closed on that day."""
    today = ask.practice.today()
    await service.add_holidays(tx, [(data.day, data.name)], today=today)
    return Done(PATH, "office_hours.closed")


@acts(
    f"{PATH}/closed/suggested",
    "office_hours.write",
    purpose="office_hours.closed",
    form=SuggestedForm,
    back=office_hours,
)
async def add_suggested(tx: WriteSession, ask: Ask[WeekForm], data: SuggestedForm) -> Done:
    """Be closed on the holidays that were ticked."""
    await service.add_suggested(
        tx,
        data.days,
        state=SETTINGS.of(ask.request).practice_state,
        today=ask.practice.today(),
    )
    return Done(PATH, "office_hours.closed")


@acts(
    f"{PATH}/closed/{{day:str}}/remove",
    "office_hours.write",
    purpose="office_hours.open",
    back=office_hours,
)
async def drop_holiday(tx: WriteSession, _ask: Ask[WeekForm], day: str) -> Done:
    """Be open on that day after all."""
    await service.drop_holiday(tx, day)
    return Done(PATH, "office_hours.open")
