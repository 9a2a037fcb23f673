"""Days, times, phones and codes as people in the US read them: each form in this one place."""

import re
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from lmhg_kit.clock import utc_now
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.spans import clock_of, is_twice, narrow_span, span_on

_DIGITS = re.compile(r"\D+")
_ZONES = {
    "E": "Eastern",
    "C": "Central",
    "M": "Mountain",
    "P": "Pacific",
    "AK": "Alaska",
    "H": "Hawaii",
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PHONE_DIGITS = 10
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAIL_DIGITS = 5
_SHORT_NUMBER = re.compile(rf"[A-Z]-([{_CROCKFORD}]{{4}})")
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def short_day(day: date) -> str:
    """A day of this year, such as Fri, Nov 27."""
    return f"{_DAYS[day.weekday()]}, {month_day(day)}"


def long_day(day: date) -> str:
    """A day of any year, such as Nov 27, 2026."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year:04d}"


def month_day(day: date) -> str:
    """A day of a chart, such as Nov 27."""
    return f"{_MONTHS[day.month - 1]} {day.day}"


def day_span(first: date, last: date) -> str:
    """From which day to which, such as Nov 23 to Nov 29, 2026."""
    return f"{month_day(first)} to {long_day(last)}"


def phone(number: str | None) -> str:
    """A US number, such as (502) 555-0142; any other as it was typed."""
    digits = _DIGITS.sub("", number or "").removeprefix("1")
    if len(digits) != _PHONE_DIGITS or not number or "x" in number.lower():
        return number or ""
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def dialed(number: str) -> str:
    """A number as a link dials it: digits, and the plus in front if there is one."""
    return ("+" if number.startswith("+") else "") + _DIGITS.sub("", number)


def short_number(record: UUID | str, letter: str = "R") -> str:
    """A record's number as one says it on the phone, such as C-2F7K: the last twenty bits of its id."""
    tail = int(str(record).replace("-", "")[-_TAIL_DIGITS:], 16)
    digits = (tail >> shift & 31 for shift in (15, 10, 5, 0))
    return f"{letter}-{''.join(_CROCKFORD[each] for each in digits)}"


def tail_of(number: str) -> str | None:
    """The last digits of the id that a short number was made of; None where it is none."""
    found = _SHORT_NUMBER.fullmatch(number.strip().upper())
    if found is None:
        return None
    value = 0
    for digit in found[1]:
        value = value << 5 | _CROCKFORD.index(digit)
    return f"{value:0{_TAIL_DIGITS}x}"


def zone_words(timezone: str) -> str:
    """A time zone as people call it, such as Eastern; its letters where it has no such name."""
    letters = f"{datetime(2026, 1, 1, tzinfo=ZoneInfo(timezone)):%Z}"
    return _ZONES.get(letters.removesuffix("ST"), letters)


class LocalTimes:
    """Moments as people at the practice read them; the page says once which zone that is."""

    def __init__(self, timezone: str, now: Callable[[], datetime] = utc_now) -> None:
        self.zone = ZoneInfo(timezone)
        self._now = now

    def clock(self, at: datetime) -> str:
        """Hour and minute, such as 8:49 PM; with the zone in the night that has the hour twice."""
        local = at.astimezone(self.zone)
        return clock_of(local, with_zone=is_twice(local))

    def span(
        self, starts_at: datetime, ends_at: datetime, day: date, *, is_narrow: bool = False
    ) -> str:
        """From when to when on one day of a calendar, such as 9:00 AM to 10:30 AM."""
        said = span_on(day, starts_at, ends_at, self.zone)
        return narrow_span(said) if is_narrow else said

    def moment(self, at: datetime) -> str:
        """Day and time, such as Fri, Nov 27, 8:49 PM."""
        return f"{self.day(at)}, {self.clock(at)}"

    def second(self, at: datetime) -> str:
        """Day and time to the second, for what is followed step by step."""
        local = at.astimezone(self.zone)
        hour, half = clock_of(local).split(" ")
        return f"{self.day(at)}, {hour}:{local.second:02d} {half}{self._zone_if_twice(local)}"

    def precise(self, at: datetime) -> str:
        """Day with its year and time to the millisecond, for ledgers."""
        local = at.astimezone(self.zone)
        time = f"{local:%-I:%M:%S}.{local.microsecond // 1000:03d} {local:%p}"
        return f"{long_day(local.date())}, {time}{self._zone_if_twice(local)}"

    def day(self, at: datetime | date) -> str:
        """The day alone, such as Fri, Nov 27; with its year where that is not this year."""
        local = at.astimezone(self.zone).date() if isinstance(at, datetime) else at
        this_year = self._now().astimezone(self.zone).year
        return short_day(local) if local.year == this_year else long_day(local)

    def plain(self, value: object) -> str:
        """A value of a record that is shared, as people read it: a moment, a number, or the text itself."""
        text = str(value)
        if _UUID.fullmatch(text):
            return short_number(text)
        if _CODE.fullmatch(text):
            return words(text)
        try:
            return self.moment(datetime.fromisoformat(text)) if "T" in text else text
        except ValueError:
            return text

    def part_of_day(self, at: datetime) -> str:
        """What one wishes at this hour: morning, afternoon or evening."""
        hour = at.astimezone(self.zone).hour
        return "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"

    @staticmethod
    def _zone_if_twice(local: datetime) -> str:
        return f" {local:%Z}" if is_twice(local) else ""
