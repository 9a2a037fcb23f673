"""What a search text may mean, and what an edit may not undo."""

import re
import uuid
from datetime import date

from lmhg_kit.errors import Invalid
from lmhg_kit.persistence.blind_index import PREFIX_MAX, PREFIX_MIN, BlindIndex, digits, words

WORDS_MAX = 6
"""Words of a search that count; more would only slow it down."""
PHONE_MIN = 7
_US_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")

Groups = list[set[bytes]]
"""A client is found when it has a token of every group."""


def search_groups(text: str, index: BlindIndex) -> Groups:
    """The tokens that a search text stands for; none when it says too little."""
    if "@" in text:
        return [index.email_token(text)]
    if day := search_day(text):
        return [index.date_token(day)]
    number = digits(text)
    if len(number) >= PHONE_MIN and not any(letter.isalpha() for letter in text):
        return [index.phone_token(text) | index.id_token(text)]
    return [_word_tokens(word, index) for word in _terms(text)]


def search_id(text: str) -> uuid.UUID | None:
    """The record id that a search text is, if it is one."""
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None


def search_day(text: str) -> date | None:
    """The birth date that a search text is: 1984-03-31, 3/31/1984 or 03.31.1984."""
    plain = text.strip()
    try:
        if match := _US_DATE.fullmatch(plain):
            month, day, year = (int(part) for part in match.groups())
            return date(year, month, day)
        return date.fromisoformat(plain)
    except ValueError:
        return None


def check_part2(*, before: bool, after: bool) -> None:
    """Accept a change of the 42 CFR Part 2 flag: on stays on. Raises: Invalid."""
    if before and not after:
        raise Invalid(
            "part2_locked",
            fields={"part2": "This protection stays on; compliance can explain why."},
        )


def _terms(text: str) -> list[str]:
    return [word for word in words(text) if len(word) >= PREFIX_MIN or word.isdigit()][:WORDS_MAX]


def _word_tokens(word: str, index: BlindIndex) -> set[bytes]:
    """A word as the start of a name, or as a record number."""
    found = {index.token("name", word)}
    if len(word) > PREFIX_MAX:
        found.add(index.token("name", word[:PREFIX_MAX]))
    if any(letter.isdigit() for letter in word):
        found |= index.id_token(word) | index.phone_token(word)
    return found
