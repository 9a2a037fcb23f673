"""Blind indexes: search over sealed columns by keyed tokens, on-prem only.

A token is HMAC-SHA-256 of `field|normalised text`, cut to 8 bytes, with a key derived per field.
Names are indexed by word and by prefix, so "ann" finds "Annabel", in each way to write them, and
in one word where people join them. What tokens reveal to someone who holds the database alone is
measured: docs/adr/0022. Source: CipherSweet's planner for token length.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import date

from lmhg_kit.normalizer import normal, ways_to_write, words_of

TOKEN_BYTES = 8
PREFIX_MIN = 2
PREFIX_MAX = 12
JOINED_MAX = 3
"""Words of a name that people write as one: de la Cruz, Delacruz."""
BEGINNING_MAX = 3
"""Letters of a word that begins a surname, as Mc, O and de la do: what it makes is found by prefix."""
PHONE_MIN = 7
LAST_DIGITS = {4: "phone4", 7: "phone7"}
"""How many last digits of a phone find it, and the field of their token."""
_EXTENSION = re.compile(r"(?i)[\s,;]*(?:x|ext\.?|extension|#)\s*\d{1,6}\s*$")
_OR = re.compile(r"(?i)[/,;]|\bor\b")


def fold(text: str) -> str:
    """Lower case without accents, in compatibility form."""
    return normal(text)


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return words_of(normal(text))


def digits(text: str) -> str:
    """The digits of a phone number, without a leading country code 1 or an extension."""
    found = "".join(letter for letter in _EXTENSION.sub("", normal(text)) if letter.isdigit())
    return found[1:] if len(found) == 11 and found.startswith("1") else found


def joined(parts: list[str], at: int) -> Iterator[tuple[int, str]]:
    """The words of a name from one on as one word: how many they are, and the word."""
    for count in range(2, JOINED_MAX + 1):
        if at + count <= len(parts):
            yield count, "".join(parts[at : at + count])


class BlindIndex:
    """Makes tokens under the practice's index key."""

    def __init__(self, index_key: bytes) -> None:
        self._key = index_key
        self._fields: dict[str, bytes] = {}
        """Keys by field, derived once; fields are named in code, so they are few."""

    def token(self, field: str, text: str) -> bytes:
        """The token of one normalised text in one field: 8 bytes."""
        key = self._fields.get(field)
        if key is None:
            key = self._fields[field] = hmac.digest(self._key, field.encode(), hashlib.sha256)
        return hmac.digest(key, text.encode(), hashlib.sha256)[:TOKEN_BYTES]

    def name_tokens(self, *names: str | None) -> set[bytes]:
        """Tokens for every word of the names and its prefixes, and for words that are joined."""
        terms: set[str] = set()
        for way in (way for name in names if name for way in ways_to_write(name)):
            parts = words(way)
            for at, word in enumerate(parts):
                terms.update(_prefixes(word, PREFIX_MIN))
                for _, whole in joined(parts, at):
                    is_beginning = len(word) <= BEGINNING_MAX
                    terms.update(_prefixes(whole, len(word) + 1) if is_beginning else (whole,))
        return {self.token("name", term) for term in terms}

    def phone_token(self, phone: str | None) -> set[bytes]:
        """The tokens of a phone number, whole and by its last digits, if it has enough of them."""
        found: set[bytes] = set()
        parts = [part for part in _OR.split(phone or "") if len(digits(part)) >= PHONE_MIN]
        for number in map(digits, parts or [phone or ""]):
            if len(number) >= PHONE_MIN:
                found.add(self.token("phone", number))
                found |= {self.token(field, number[-n:]) for n, field in LAST_DIGITS.items()}
        return found

    def phone_part(self, typed: str) -> set[bytes]:
        """The token that finds phones by what someone typed of one; none for too little."""
        number = digits(typed)
        if len(number) in LAST_DIGITS:
            return {self.token(LAST_DIGITS[len(number)], number)}
        return {self.token("phone", number)} if len(number) > PHONE_MIN else set()

    def email_token(self, email: str | None) -> set[bytes]:
        """The token of an e-mail address."""
        return {self.token("email", fold(email.strip()))} if email and "@" in email else set()

    def date_token(self, day: date | None) -> set[bytes]:
        """The token of a birth date."""
        return {self.token("birth_date", day.isoformat())} if day else set()

    def id_token(self, number: str | None) -> set[bytes]:
        """The token of a record number of another system."""
        return {self.token("id", fold(number.strip()))} if number else set()


def _prefixes(word: str, shortest: int) -> Iterator[str]:
    """A word and what it begins with."""
    yield word
    for length in range(min(shortest, len(word)), min(len(word), PREFIX_MAX) + 1):
        yield word[:length]
