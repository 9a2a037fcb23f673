"""What screening looks for, purely: the practice's own clients, and shapes of identifiers.

A hit says which rule and in which field, never the match.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NewType

import ahocorasick
import msgspec

from lmhg_kit.persistence.blind_index import digits, fold, words

ClearedText = NewType("ClearedText", str)
"""Text that the screener found nothing in; only `clear_text` makes one."""

TERM_MIN = 3
NAME_WORD_MIN = 4
PHONE_MIN = 7

PATTERNS: Mapping[str, re.Pattern[str]] = {
    "ssn": re.compile(r"(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)"),
    "card": re.compile(r"(?<!\d)(?:\d[ -]?){13,16}(?!\d)"),
    "record_number": re.compile(
        r"\b(?:mrn|chart|record|client)\s*(?:no|number|id|#)[.:#\s]*\d{3,}"
    ),
    "birth_date": re.compile(
        r"\b(?:dob|d\.o\.b|born|birth ?date|date of birth)\b.{0,12}?\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}"
    ),
}


class Hit(msgspec.Struct, frozen=True):
    """A rule that matched, and the field it matched in."""

    rule: str
    place: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What a text could name a client by."""

    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    birth_date: str | None = None
    numbers: tuple[str, ...] = ()


def normal(text: str) -> str:
    """Folded text with every run of other characters as one space, and spaces at both ends."""
    return f" {' '.join(words(text))} "


def terms_of(person: Person) -> Iterable[tuple[str, str]]:
    """(term, rule) pairs of one client, in normal form. One short name alone is no term."""
    for name in person.names:
        parts = normal(name).split()
        if len(parts) >= 2:
            yield f" {' '.join(parts)} ", "client_name"
            yield f" {parts[0]} {parts[-1]} ", "client_name"
            yield f" {parts[-1]} {parts[0]} ", "client_name"
        for part in parts:
            if len(part) >= NAME_WORD_MIN and part == parts[-1]:
                yield f" {part} ", "client_surname"
    for email in person.emails:
        yield normal(email), "client_email"
    for number in person.numbers:
        if len(number) >= PHONE_MIN:
            yield f" {number} ", "client_number"
    if person.birth_date:
        year, month, day = person.birth_date.split("-")
        yield f" {year} {month} {day} ", "client_birth_date"
        for text in (f" {month} {day} {year} ", f" {int(month)} {int(day)} {year} "):
            yield text, "client_birth_date"


class ClientIndex:
    """Every client's terms in one automaton (Aho-Corasick), and phone numbers as digit runs."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}
        self._automaton: ahocorasick.Automaton | None = None
        self._phones: set[str] = set()

    def put(self, key: str, person: Person) -> None:
        """Know a client, or know it anew."""
        if self._people.get(key) != person:
            self._people[key] = person
            self._automaton = None

    def build(self) -> None:
        """Make the automaton of what is known."""
        automaton = ahocorasick.Automaton()
        self._phones = set()
        for person in self._people.values():
            for term, rule in terms_of(person):
                if len(term.strip()) >= TERM_MIN:
                    automaton.add_word(term, rule)
            self._phones |= {
                digits(phone) for phone in person.phones if len(digits(phone)) >= PHONE_MIN
            }
        if len(automaton):
            automaton.make_automaton()
        self._automaton = automaton

    def find(self, text: str) -> str | None:
        """The first rule about a client that matches, or None."""
        if self._automaton is None:
            self.build()
        if self._automaton is not None and len(self._automaton):
            for _, rule in self._automaton.iter(normal(text)):
                return str(rule)
        return self._find_phone(text)

    def _find_phone(self, text: str) -> str | None:
        for run in re.findall(r"[\d][\d\s().+-]{5,}\d", text):
            found = digits(run)
            if any(found.endswith(phone[-10:]) for phone in self._phones):
                return "client_phone"
        return None


def find_pattern(text: str) -> str | None:
    """The first shape of an identifier in a text, or None."""
    folded = fold(text)
    for rule, pattern in PATTERNS.items():
        found = pattern.search(folded)
        if found and (rule != "card" or _luhn(found.group())):
            return rule
    return None


def screen(texts: Mapping[str, str], index: ClientIndex) -> Hit | None:
    """The first hit among a record's texts by field, or None when all are clear."""
    for place, text in sorted(texts.items()):
        rule = index.find(text) or find_pattern(text)
        if rule:
            return Hit(rule, place)
    return None


def clear_text(text: str, index: ClientIndex) -> ClearedText | None:
    """The text as cleared, or None when it is held."""
    return None if screen({"text": text}, index) else ClearedText(text)


def _luhn(text: str) -> bool:
    """Whether the digits carry the check digit of a payment card."""
    total = 0
    for at, digit in enumerate(reversed([int(letter) for letter in text if letter.isdigit()])):
        doubled = digit * 2
        total += digit if at % 2 == 0 else doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
