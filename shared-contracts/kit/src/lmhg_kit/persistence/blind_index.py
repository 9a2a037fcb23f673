"""Blind indexes: search over sealed columns by keyed tokens, on-prem only.

A token is HMAC-SHA-256 of `field|normalised text`, cut to 8 bytes, with a key derived per field.
Names are indexed by word and by prefix, so "ann" finds "Annabel". Source: CipherSweet's planner
for token length; low-entropy fields have no index of their own.
"""

import hashlib
import hmac
import re
import unicodedata
from datetime import date

TOKEN_BYTES = 8
PREFIX_MIN = 2
PREFIX_MAX = 12
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without accents, in compatibility form."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


def digits(text: str) -> str:
    """The digits of a phone number, without a leading country code 1."""
    found = "".join(letter for letter in text if letter.isdigit())
    return found[1:] if len(found) == 11 and found.startswith("1") else found


class BlindIndex:
    """Makes tokens under the practice's index key."""

    def __init__(self, index_key: bytes) -> None:
        self._key = index_key

    def token(self, field: str, text: str) -> bytes:
        """The token of one normalised text in one field: 8 bytes."""
        key = hmac.digest(self._key, field.encode(), hashlib.sha256)
        return hmac.digest(key, text.encode(), hashlib.sha256)[:TOKEN_BYTES]

    def name_tokens(self, *names: str | None) -> set[bytes]:
        """Tokens for every word of the names and for its prefixes."""
        found: set[bytes] = set()
        for word in (word for name in names if name for word in words(name)):
            for length in range(min(PREFIX_MIN, len(word)), min(len(word), PREFIX_MAX) + 1):
                found.add(self.token("name", word[:length]))
            found.add(self.token("name", word))
        return found

    def phone_token(self, phone: str | None) -> set[bytes]:
        """The token of a phone number, if it has enough digits."""
        number = digits(phone or "")
        return {self.token("phone", number)} if len(number) >= 7 else set()

    def email_token(self, email: str | None) -> set[bytes]:
        """The token of an e-mail address."""
        return {self.token("email", fold(email.strip()))} if email and "@" in email else set()

    def date_token(self, day: date | None) -> set[bytes]:
        """The token of a birth date."""
        return {self.token("birth_date", day.isoformat())} if day else set()

    def id_token(self, number: str | None) -> set[bytes]:
        """The token of a record number of another system."""
        return {self.token("id", fold(number.strip()))} if number else set()
