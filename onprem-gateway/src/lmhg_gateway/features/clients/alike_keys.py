"""Keys under which the records of one person meet, however each of them was typed.

Pure. A key joins two facts (how a name sounds and part of a birth date, how two names sound, how a
name sounds and a ZIP code), so that few people share one: to find who someone may be, few records
have to be opened, and a key tells little to someone who holds the database alone (docs/adr/0022).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import combinations

from jellyfish import soundex
from nicknames import NickNamer
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    parse,
)

from lmhg_gateway.web.points import Traits
from lmhg_kit.persistence.blind_index import BlindIndex, digits, words

WORDS_MAX = 5
"""Words of one name that count; more would only make more keys."""
SOUNDS_MAX = 4
"""Ways in which one word may sound: its own, and those of the names that it may be short for."""
BESIDE = frozenset(
    ("mr", "mrs", "ms", "mx", "miss", "dr", "jr", "sr", "junior", "senior", "ii", "iii", "iv")
)
"""Words beside a name that are not the name."""
LAST = 7
"""Digits of a phone by which it is looked for, so that a missing area code does not matter."""
_ZIP = re.compile(r"(?<!\d)(\d{4,5})(?:-\d{4})?(?!\d)")
_NICKNAMES = NickNamer()


@lru_cache(maxsize=4096)
def formal_names(word: str) -> frozenset[str]:
    """The names that a word may be short for: Kate for Katherine."""
    return frozenset(_NICKNAMES.canonicals_of(word))


@lru_cache(maxsize=4096)
def _sounds(word: str) -> tuple[str, ...]:
    formal = sorted({soundex(each) for each in formal_names(word)} - {soundex(word)})
    return (soundex(word), *formal[: SOUNDS_MAX - 1])


def name_words(name: str) -> list[str]:
    """The words that make a name, in order."""
    found = [word for word in words(name) if word not in BESIDE]
    return (found or words(name))[:WORDS_MAX]


def zip_of(address: str) -> str:
    """The ZIP code of an address: its last number of four or five digits that does not begin it."""
    text = address.strip()
    found = [each for each in _ZIP.finditer(text) if each.start() or each.end() == len(text)]
    return found[-1][1] if found else ""


def phone_number(text: str) -> str:
    """A phone number as it is dialed from abroad; what cannot be one, by its digits."""
    try:
        number = parse(text, "US")
    except NumberParseException:
        return digits(text)
    if is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return digits(text)
    return format_number(number, PhoneNumberFormat.E164)


def swapped(day: date) -> date | None:
    """A birth date with day and month written the other way around, where there is such a day."""
    try:
        return day.replace(month=day.day, day=day.month) if day.day != day.month else None
    except ValueError:
        return None


def keys_of(traits: Traits) -> set[str]:
    """Every key of one record."""
    names = [name_words(name) for name in traits.names if name]
    sounds = {sound for name in names for word in name for sound in _sounds(word)}
    found = set(_pairs(names))
    if traits.born:
        found.update(key for sound in sounds for key in _dated(sound, traits.born))
    if code := zip_of(traits.address):
        found.update(f"{sound}|{code}" for sound in sounds)
    return found


def stored_tokens(traits: Traits, index: BlindIndex) -> set[bytes]:
    """The tokens that are kept of a record besides those of search."""
    return {index.token("alike", key) for key in keys_of(traits)}


def asked_tokens(traits: Traits, index: BlindIndex) -> set[bytes]:
    """The tokens under which to look for other records of a person: birth dates and phones too."""
    found = stored_tokens(traits, index) | index.email_token(traits.email)
    if traits.born:
        found |= index.date_token(traits.born) | index.date_token(swapped(traits.born))
    for phone in traits.phones:
        found |= index.phone_part(phone_number(phone)[-LAST:])
    return found


def _dated(sound: str, born: date) -> Iterator[str]:
    """A birth date with one of its three parts left open: a digit may be off in that one."""
    yield f"{sound}|{born:%Y-%m}"
    yield f"{sound}|{born:%m-%d}"
    yield f"{sound}|{born:%Y}--{born:%d}"


def _pairs(names: Iterable[list[str]]) -> Iterator[str]:
    """Two words of one name by their sound, in whichever order they stand."""
    for name in names:
        for one, other in combinations(name, 2):
            for first in _sounds(one):
                for second in _sounds(other):
                    yield "+".join(sorted((first, second)))
