"""Which passwords are accepted: long and not easy to guess. Nothing is demanded of their letters.

The list of common passwords and the guess count are zxcvbn's. Words that everybody at the practice
knows, its name and the person's own, count as guessed.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from lmhg_gateway.features.accounts.passwords import MAX_LENGTH
from lmhg_gateway.features.accounts.rules import ALONE_MIN, BESIDE_MIN

GUESSED_MAX = 40
"""Characters that zxcvbn looks at: its work grows fast with them, and more only make it harder."""
SCORE_MIN = 3
WORD_MIN = 3
OWN_LEFT_MIN = 8
"""Letters and digits that a password has beside the names in it."""
DRESS_MAX = 12
"""Digits and signs on either side that are taken off to find a common password."""
COMMON = frozenset(FREQUENCY_LISTS["passwords"])
_STRENGTHS = ("Very easy to guess", "Easy to guess", "Could be guessed", "Hard to guess", "Strong")


def _unit(text: str) -> str:
    """The shortest part that the text is a repetition of: the text itself, mostly."""
    period = (text + text).find(text, 1)
    return text[:period]


UNITS = frozenset(_unit(word) for word in COMMON)
"""What common passwords are repetitions of: themselves, mostly."""


@dataclass(frozen=True)
class Verdict:
    """What is thought of a password: `refused` is empty when it may be used."""

    refused: str
    strength: str
    score: int
    advice: str = ""


def judge(password: str, *, known: Iterable[str], beside_factor: bool) -> Verdict:
    """What is thought of this password for someone with these names around them."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    words = _words(known)
    guess: Any = zxcvbn(plain[:GUESSED_MAX], user_inputs=words, max_length=GUESSED_MAX)
    advice = " ".join([guess["feedback"]["warning"], *guess["feedback"]["suggestions"]]).strip()
    least = BESIDE_MIN if beside_factor else ALONE_MIN
    refused = _refusal(password, plain, least=least, words=words, score=guess["score"])
    return Verdict(refused, _STRENGTHS[guess["score"]], guess["score"], advice)


def _refusal(password: str, plain: str, *, least: int, words: list[str], score: int) -> str:
    if len(password) < least:
        return f"Use at least {least} characters. A few words in a row are fine."
    if len(password) > MAX_LENGTH:
        return f"Write at most {MAX_LENGTH} characters."
    if is_common(plain):
        return "This is on the list of common passwords. Choose another."
    if len(_without(plain, words)) < OWN_LEFT_MIN:
        return "This is mostly your name or the practice's name. Choose other words."
    if score < SCORE_MIN:
        return "This is easy to guess. Use words that do not go together."
    return ""


def is_common(plain: str) -> bool:
    """Whether a password is a common one: bare, repeated, or with digits and signs around it."""
    lead = re.match(r"[\W\d_]*", plain)
    trail = re.search(r"[\W\d_]*$", plain)
    starts = min(len(lead[0]) if lead else 0, DRESS_MAX) + 1
    ends = min(len(trail[0]) if trail else 0, DRESS_MAX) + 1
    cores = (plain[start : len(plain) - end] for start in range(starts) for end in range(ends))
    return any(core in COMMON or _unit(core) in UNITS for core in cores)


def _words(known: Iterable[str]) -> list[str]:
    parts = (part for text in known for part in re.split(r"[\W_]+", text.casefold()))
    return sorted({part for part in parts if len(part) >= WORD_MIN}, key=len, reverse=True)


def _without(plain: str, words: list[str]) -> str:
    for word in words:
        plain = plain.replace(word, "")
    return re.sub(r"[\W_]", "", plain)
