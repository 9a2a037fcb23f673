"""Birth dates of clients, in the ways that people write them."""

import re
from collections import Counter
from collections.abc import Iterator

from lmhg_gateway.features.screening.counting import count
from lmhg_gateway.features.screening.text_rules import Reading

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
TELLING = frozenset(MONTHS)
"""Words that rules of this file ask for."""
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:[\s.,\-/]*(?:of\s+|de\s+|del\s+)?(\d{4})|[\s,]*'?[\s\-]?(\d{2}))(?!\d|:\d)"
_THEN_DAY_YEAR = re.compile(rf"[\s.\-/]*(?:the\s+)?{_DAY}{_YEAR}")
_THEN_DAY = re.compile(rf"[\s.\-/]*{_DAY}(?!\d)")
_THEN_YEAR = re.compile(_YEAR)
_DAY_BEFORE = re.compile(rf"(?<!\d){_DAY}[\s.\-/]*(?:of\s+|de\s+)?$")
_YEAR_BEFORE = re.compile(r"(?<!\d)(\d{4})[\s.,\-/]*$")
_SHAPE = bytes(
    ord("0") if chr(code).isdigit() else ord("a") if chr(code).isalpha() else ord(" ")
    for code in range(128)
) + bytes(128)
"""A 0 for a digit and an a for a letter of ASCII; on bytes, as that is several times faster."""


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
        return False

    def has_month(self, read: Reading) -> bool:
        """Whether such a day stands in a text with the name of its month."""
        text = read.lower
        months = TELLING if _has_stuck_word(text) else TELLING & read.telling
        if not months:
            return False
        return any(any(map(self._is_known, _days_around(text, month))) for month in months)

    def _is_known(self, date: Day) -> bool:
        year, month, day = date
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


def _has_stuck_word(text: str) -> bool:
    """Whether a digit stands right beside a word of three letters or more, as in 5may1999."""
    shape = text.encode("ascii", "replace").translate(_SHAPE)
    return b"0aaa" in shape or b"aaa0" in shape


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
