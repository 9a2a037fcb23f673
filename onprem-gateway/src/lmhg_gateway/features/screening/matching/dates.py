"""Birth dates of clients, in the ways that people write them."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from lmhg_gateway.features.screening.matching.counting import count
from lmhg_gateway.features.screening.matching.reading import Reading

COMPACT_DIGITS = 8
MONTH_BEFORE = 24
"""Letters before a month's name that may be of the same date."""

MONTHS = {
    name: str(number)
    for number, names in enumerate(
        ("january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril abr",
         "may mayo", "june jun junio", "july jul julio", "august aug agosto ago",
         "september sep sept septiembre", "october oct octubre", "november nov noviembre",
         "december dec diciembre dic"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
MONTH_NAMES = frozenset(MONTHS)
_ONES = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_TEENS = [
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_ORDINALS = {word: number for number, word in enumerate((*_ONES, *_TEENS), start=1)}
_ORDINALS["thirtieth"] = 30
_ORDINAL = re.compile(rf"\b(?:(twenty|thirty)[\s\-]+({'|'.join(_ONES)})|({'|'.join(_ORDINALS)}))\b")
TELLING = MONTH_NAMES | _ORDINALS.keys()
"""Words that rules of this file ask for."""
EPOCH_DIGITS = range(7, 14)
MILLISECONDS_FROM = 11
"""Digits from which a moment counts milliseconds: nobody alive was born so many seconds from 1970."""
_DAY_S, _HOUR_S = 86_400, 3_600
_MIDNIGHTS = frozenset((0, *range(4 * _HOUR_S, 11 * _HOUR_S, _HOUR_S)))
"""Seconds of a UTC day at which it is midnight in UTC, or somewhere in the United States."""
_EPOCH_MAX_S = 4_102_444_800
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:[\s.,\-/]*(?:of\s+|de\s+|del\s+)?(\d{4})|[\s,]*'?[\s\-/.]?(\d{2}))(?!\d|:\d)"
_THEN_DAY_YEAR = re.compile(rf"[\s.\-/]*(?:the\s+)?{_DAY}{_YEAR}")
_THEN_DAY = re.compile(rf"[\s.\-/]*{_DAY}(?!\d)")
_THEN_YEAR = re.compile(_YEAR)
_DAY_BEFORE = re.compile(rf"(?<!\d){_DAY}[\s.\-/]*(?:day\s+)?(?:of\s+|de\s+)?$")
_YEAR_BEFORE = re.compile(r"(?<!\d)(\d{4})[\s.,\-/]*$")
_EPOCH = date(1970, 1, 1)


Day = tuple[str, str, str]
"""Year, month and day as a text may mean them, in digits; a year of two has no century."""


class DateIndex:
    """The days on which clients were born. Counted, so that one may go and another stay."""

    def __init__(self) -> None:
        self._days: Counter[int] = Counter()
        """As numbers, 19990805. A month 13 needs no check: nobody was born in it."""
        self._years: Counter[str] = Counter()
        """Their years as people write them, in four digits and in two: most dates end at a look."""

    def change(self, birth_date: str, *, by: int) -> None:
        """Count a client's birth date in (+1) or out (-1)."""
        if _ISO_DATE.fullmatch(birth_date):
            count(self._days, int(birth_date.replace("-", "")), by)
            count(self._years, birth_date[:4], by)
            count(self._years, birth_date[2:4], by)

    def has_digits(self, run: str, group: list[str]) -> bool:
        """Whether a run of digits, which has these between what is none, is such a day."""
        years = self._years
        for at in range(len(group) - 2):
            first, second, third = group[at : at + 3]
            is_near = (first in years or third in years) and len(second) <= 2
            if is_near and any(map(self._is_known, _readings(first, second, third, run))):
                return True
        for each in group:
            if len(each) == COMPACT_DIGITS and any(map(self._is_known, _compact_readings(each))):
                return True
            if len(each) in EPOCH_DIGITS and each[-2:] == "00" and self._is_moment(int(each)):
                return True
        return False

    def _is_moment(self, number: int) -> bool:
        """Whether a count of seconds or milliseconds is a midnight of such a day, before 1970 too."""
        seconds, rest = (
            (number, 0) if number < 10 ** (MILLISECONDS_FROM - 1) else divmod(number, 1_000)
        )
        if rest or seconds > _EPOCH_MAX_S:
            return False
        return any(
            each % _DAY_S in _MIDNIGHTS and _day_number(each) in self._days
            for each in (seconds, -seconds)
        )

    def has_month(self, read: Reading) -> bool:
        """Whether such a day is in a text with the name of its month."""
        months = MONTH_NAMES if read.is_stuck else MONTH_NAMES & read.telling
        if not months:
            return False
        text = read.apart
        if not _ORDINALS.keys().isdisjoint(read.telling):
            text = _ORDINAL.sub(_in_digits, text)
        return any(any(map(self._is_known, _days_around(text, month))) for month in months)

    def _is_known(self, said: Day) -> bool:
        year, month, day = said
        if year not in self._years:
            return False
        number = (int(year) * 100 + int(month)) * 100 + int(day)
        if len(year) == 4:
            return number in self._days
        return number + 19_000_000 in self._days or number + 20_000_000 in self._days


def _readings(first: str, second: str, third: str, run: str) -> list[Day]:
    """What three numbers may mean as a date, the middle one of two digits at most."""
    if len(first) == 4 and len(third) <= 2:
        return [(first, second, third), (first, third, second)]
    if len(first) > 2 or len(third) not in (2, 4):
        return []
    found = [(third, first, second), (third, second, first)]
    if len(first) == len(third) == 2 and "-" in run:
        found.append((first, second, third))
    return found


def _compact_readings(digits: str) -> list[Day]:
    """What eight digits may mean as a date."""
    return [
        (digits[:4], digits[4:6], digits[6:]),
        (digits[4:], digits[:2], digits[2:4]),
        (digits[4:], digits[2:4], digits[:2]),
    ]


def _in_digits(ordinal: re.Match[str]) -> str:
    """The number of an ordinal in words."""
    tens, ones, whole = ordinal.groups()
    number = _ORDINALS[whole] if whole else {"twenty": 20, "thirty": 30}[tens] + _ORDINALS[ones]
    return str(number)


def _day_number(moment_s: int) -> int:
    """The UTC day of a moment as a number, 19990805."""
    day = _EPOCH + timedelta(days=moment_s // _DAY_S)
    return (day.year * 100 + day.month) * 100 + day.day


def _days_around(text: str, month: str) -> Iterator[Day]:
    """Every date in a normal text with this month's name."""
    at, number = text.find(month), MONTHS[month]
    while at >= 0:
        end = at + len(month)
        before = text[max(0, at - MONTH_BEFORE) : at]
        if (follows := _THEN_DAY_YEAR.match(text, end)) and not before[-1:].isalnum():
            yield (follows[2] or follows[3], number, follows[1])
        if (year := _THEN_YEAR.match(text, end)) and (day := _DAY_BEFORE.search(before)):
            yield (year[1] or year[2], number, day[1])
        if (day := _THEN_DAY.match(text, end)) and (year := _YEAR_BEFORE.search(before)):
            yield (year[1], number, day[1])
        at = text.find(month, end)
