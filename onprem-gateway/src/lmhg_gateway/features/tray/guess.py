"""Who a paper may be about, read from its text: a name and a birth date beside the words that announce them.

Pure. It is a guess, and said to be one: someone looks before anything is filed.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lmhg_kit.http.door import FIRST_DAY

NAME_MAX = 80
_NAME = re.compile(
    r"(?im)(?:\b(?:patient|client|student|member)(?:'s)?(?:[ ]{1,20}(?:full |legal )?name)?"
    r"|^[^\w\n]{0,20}(?:(?:full|legal)[ ]{1,20})?name|^[^\w\n]{0,20}re)[ ]{0,20}[:#][ ]{0,20}([^\n]{3,120})"
)
"""Every part of it has a bound, so that no page takes longer than its letters: a page may be all dots."""
_BORN = re.compile(
    r"(?i)\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born)[ ]{0,20}[:.]?[ ]{0,20}"
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b"
)
_ISO = re.compile(
    r"(?i)\b(?:d\.?o\.?b\.?|date of birth|birth ?date|born)[ ]{0,20}[:.]?[ ]{0,20}"
    r"(\d{4})-(\d{2})-(\d{2})\b"
)
_BEHIND = re.compile(
    r"(?i)\b(?:d\.?o\.?b|date of birth|birth ?date|born|mrn|sex|gender|phone|age|ssn)\b.*"
)
_WORD = re.compile(r"[^\W\d_][^\W\d_'.-]*(?:['-][^\W\d_]+)*\.?", re.UNICODE)


class About(NamedTuple):
    """Who a paper may be about."""

    name: str
    born: date | None


def about(pages: Sequence[str], *, today: date) -> About:
    """Whom the first page that announces a name is about; else the first birth date; empty where there is none."""
    found = [About(_name_in(each), _born_in(each, today=today)) for each in pages]
    named = next((each for each in found if each.name), None)
    return named or next((each for each in found if each.born), About("", None))


def _name_in(text: str) -> str:
    for found in _NAME.finditer(text):
        line = _BEHIND.sub("", found[1]).strip(" .,;(-_\t")
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
