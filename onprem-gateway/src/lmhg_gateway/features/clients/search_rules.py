"""What a search text may mean: an address, a birth date, a phone, a number, and words of a name."""

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import date

from lmhg_kit.errors import Invalid
from lmhg_kit.normalizer import normal
from lmhg_kit.persistence.blind_index import (
    LAST_DIGITS,
    PREFIX_MAX,
    PREFIX_MIN,
    BlindIndex,
    digits,
    joined,
    words,
)

SEARCH_MAX = 100
WORDS_MAX = 6
"""Words of a search that count; more would only slow it down."""
TOO_LONG = f"A search can have {SEARCH_MAX} characters at most. Type a name, a phone number, or a birth date."
TOO_LITTLE = "Type at least two letters of a name, the last four or seven digits of a phone number, or a birth date. An email address or a record number must be complete."
_EMAIL = re.compile(r"[^\s,;<>]+@[^\s,;<>]+")
_MONTHS: Sequence[str] = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?(?!\d)"
_YEAR = r"'?(\d{4}|\d{2})(?!\d)"
_DATES: tuple[tuple[re.Pattern[str], tuple[int, int, int]], ...] = (
    (re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), (1, 2, 3)),
    (re.compile(rf"(?<!\d)(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ]{_YEAR}"), (3, 1, 2)),
    (re.compile(rf"\b{_MONTH}\s*(?:the\s+)?{_DAY},?\s*{_YEAR}"), (3, 1, 2)),
    (re.compile(rf"(?<!\d){_DAY}[\s-]*(?:of\s+)?{_MONTH}[\s,-]*{_YEAR}"), (3, 2, 1)),
)
"""Shapes of a date, and which group is the year, the month and the day."""
_COMPACT = re.compile(r"(?<!\d)\d{8}(?!\d)")
_NUMBER = re.compile(r"(?<![^\W_])\+?\(?\d[\d\s().\-/]*\d(?:\s*(?:x|ext\.?)\s*\d{1,6})?(?![^\W_])")
_TITLES = frozenset(("mr", "mrs", "ms", "mx", "miss", "dr"))

Groups = list[set[bytes]]
"""A client is found when it has a token of every group."""


def search_groups(text: str, index: BlindIndex) -> Groups:
    """The tokens that a search text means. Raises: Invalid when it says too much or too little."""
    if len(text) > SEARCH_MAX:
        raise Invalid("search_unclear", fields={"q": TOO_LONG})
    rest, groups = normal(text), Groups()
    for email in _EMAIL.findall(rest):
        groups.append(index.email_token(email))
    rest = _EMAIL.sub(" ", rest)
    for found, days in _dates_in(rest):
        rest = rest.replace(found, " ", 1)
        groups.append({token for day in days for token in index.date_token(day)})
    for number in _NUMBER.findall(rest):
        if tokens := _number_tokens(number, index):
            groups.append(tokens)
            rest = rest.replace(number, " ", 1)
    groups += _word_groups(rest, index)
    if not groups:
        raise Invalid("search_unclear", fields={"q": TOO_LITTLE})
    return groups


def search_id(text: str) -> uuid.UUID | None:
    """The record id that a search text is, if it is one."""
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None


def _dates_in(text: str) -> Iterator[tuple[str, list[date]]]:
    """Dates that stand in a text, each as it is written and as the days that it may mean."""
    for shape, (year, month, day) in _DATES:
        if found := shape.search(text):
            said = found[month]
            number = _MONTHS.index(said) + 1 if said.isalpha() else int(said)
            days = list(_days(found[year], number, int(found[day])))
            if days:
                yield found.group(), days
                return


def _days(year: str, month: int, day: int) -> Iterator[date]:
    """The days that a year of two or four digits, a month and a day may mean; day first if it must."""
    centuries = (1900, 2000) if len(year) == 2 else (0,)
    for century in centuries:
        for one, other in ((month, day), (day, month)):
            try:
                yield date(century + int(year), one, other)
            except ValueError:
                continue
            break


def _number_tokens(typed: str, index: BlindIndex) -> set[bytes]:
    """What a number may find: a phone or its last digits, a record number, a date without marks."""
    number = "".join(letter for letter in typed if letter.isdigit())
    found = index.phone_part(typed)
    if _COMPACT.fullmatch(number):
        days = (*_days(number[4:], int(number[:2]), int(number[2:4])),
                *_days(number[:4], int(number[4:6]), int(number[6:])))  # fmt: skip
        found |= {token for day in days for token in index.date_token(day)}
    is_one_word = typed.strip().isdigit()
    if is_one_word or len(digits(typed)) not in LAST_DIGITS:
        found |= index.id_token(typed) | index.id_token(number)
    return found


def _word_groups(text: str, index: BlindIndex) -> Groups:
    """A group for each word that counts: it, or what it makes together with its neighbors."""
    parts = words(text)
    if len(parts) > 1:
        parts = [word for word in parts if word not in _TITLES] or parts
    groups: Groups = []
    for at, word in enumerate(parts):
        if len(word) < PREFIX_MIN and not word.isdigit():
            continue
        tokens = _word_tokens(word, index)
        for start in range(max(0, at - 2), at + 1):
            for count, whole in joined(parts, start):
                if start + count > at:
                    tokens |= _word_tokens(whole, index)
        groups.append(tokens)
    return groups[:WORDS_MAX]


def _word_tokens(word: str, index: BlindIndex) -> set[bytes]:
    """A word as the start of a name, or as a record number."""
    found = {index.token("name", word)}
    if len(word) > PREFIX_MAX:
        found.add(index.token("name", word[:PREFIX_MAX]))
    if any(letter.isdigit() for letter in word):
        found |= index.id_token(word)
    return found
