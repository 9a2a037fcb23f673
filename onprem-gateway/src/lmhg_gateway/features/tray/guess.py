"""Who a paper may be about, read from its text: a name and a birth date beside the words that announce them.

Pure. It is a guess, and said to be one: someone looks before anything is filed.
"""

import re
from datetime import date
from typing import NamedTuple

from lmhg_kit.http.door import FIRST_DAY

NAME_MAX = 80
_NAME = re.compile(
    r"(?im)^\W*(?:re|patient|client|student|member)?(?:'s)?[ ]*(?:full |legal )?"
    r"(?:name|patient|client|re)[ ]*[:#][ ]*([^\n:]{3,120})$"
)
_SHORT = re.compile(r"(?im)\b(?:patient|client)(?:'s)?(?: name)?[ ]*:[ ]*([^\n:]{3,120})")
_BORN = re.compile(
    r"(?i)\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born)[ ]*[:.]?[ ]*"
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b"
)
_ISO = re.compile(
    r"(?i)\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born)[ ]*[:.]?[ ]*(\d{4})-(\d{2})-(\d{2})\b"
)
_BEHIND = re.compile(
    r"(?i)\s*(?:[,;(]?\s*(?:d\.?o\.?b|date of birth|birth ?date|born|mrn|sex|gender|phone|age|ssn)\b.*)$"
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'.-]*(?:['-][^\W\d_]+)*\.?", re.UNICODE)


class About(NamedTuple):
    """Who a paper may be about."""

    name: str
    born: date | None


def about(text: str, *, today: date) -> About:
    """The first name and birth date that a text announces; empty where it announces none."""
    return About(_name_in(text), _born_in(text, today=today))


def _name_in(text: str) -> str:
    for found in (*_NAME.finditer(text), *_SHORT.finditer(text)):
        line = _BEHIND.sub("", found[1]).strip(" .,;-_\t")
        if "," in line:
            last, _, first = line.partition(",")
            line = f"{first.strip()} {last.strip()}"
        words = line.split()
        if 2 <= len(words) <= 5 and all(_WORD.fullmatch(each) for each in words):
            return " ".join(words)[:NAME_MAX]
    return ""


def _born_in(text: str, *, today: date) -> date | None:
    for found in _ISO.finditer(text):
        if day := _day(int(found[1]), int(found[2]), int(found[3]), today=today):
            return day
    for found in _BORN.finditer(text):
        year = int(found[3])
        if len(found[3]) == 2:
            year += today.year // 100 * 100
            year -= 100 if year > today.year else 0
        if day := _day(year, int(found[1]), int(found[2]), today=today):
            return day
    return None


def _day(year: int, month: int, day: int, *, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= today else None
