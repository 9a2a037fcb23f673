"""Shapes of identifiers that name a person anyone who it is, each with what must stand beside it."""

import re
from collections.abc import Callable, Set

import msgspec

from lmhg_gateway.features.screening.matching.reading import Reading

SHAPE_MIN = 6
"""Letters below which nothing has the shape of an identifier."""
_DIGIT = re.compile(r"[0-9]")
SHORTEST_CARD = 13
"""Digits of the oldest cards, which begin with a 4; so many others count milliseconds in a log."""
_DIGITS_9 = re.compile(r"\d{3}\D?\d{2}\D?\d{4}")
_DATE = (
    r"(?:\d{1,4}\s?[/.\- ]\s?\d{1,2}\s?[/.\- ]\s?'?\d{1,4}|(?<!\d)(?:\d{8}|\d{6})(?!\d)"
    r"|\d{1,2}(?:st|nd|rd|th)?[\s.\-]*(?:day\s+)?(?:of\s+)?[a-z]{3,9}[\s.,\-]*'?\d{2,4}"
    r"|[a-z]{3,9}[\s.]*(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?[\s,]*'?\d{2,4})"
)
_ONE = r"(?:the client|the patient|this client|this patient|client|patient|pt|he|she|his|her|hers|him|mom|mother|son|daughter)"
_THEY = rf"(?:{_ONE}|they|them|their)"
_NUMBER = r"[.:#=\s\-]{0,4}(?:is\s+)?"


class Pattern(msgspec.Struct, frozen=True):
    """A shape, words without one of which it cannot match, and a proof where a shape is not enough."""

    shape: re.Pattern[str]
    needs: frozenset[str] = frozenset()
    proof: Callable[[str], bool] | None = None
    needs_digit: bool = True
    least: int = SHAPE_MIN
    """Letters below which nothing has this shape."""
    marks: tuple[str, ...] = ()
    """Letters that stand for such a word: with points between, or with a number stuck to them."""

    def may_match(self, text: str, telling: Set[str]) -> bool:
        """Whether a word or a mark that the shape needs is in a text: a look that spares the work."""
        return not self.needs.isdisjoint(telling) or any(mark in text for mark in self.marks)

    def matches(self, text: str) -> bool:
        """Whether a normal text has this shape, proven."""
        return any(
            self.proof is None or self.proof(found.group()) for found in self.shape.finditer(text)
        )


def _luhn(text: str) -> bool:
    """Whether the digits carry the check digit of a payment card."""
    total = 0
    for at, digit in enumerate(reversed([int(letter) for letter in text if letter.isdigit()])):
        doubled = digit * 2
        total += digit if at % 2 == 0 else doubled - 9 if doubled > 9 else doubled
    is_moment = len(text) == SHORTEST_CARD and text[0] != "4"
    return total % 10 == 0 and not is_moment


def _is_social(text: str) -> bool:
    """Whether all nine digits stand there, or the word is surely the one for them."""
    is_sure = text.startswith(("ssn", "s.", "social")) or "sec" in text or "#" in text
    return is_sure or _DIGITS_9.search(text) is not None


PATTERNS: dict[str, Pattern] = {
    "ssn": Pattern(
        re.compile(
            r"(?<![\d._-])\d{3}(?:\s?([-._])\s?\d{2}\s?\1\s?|\s\d{2}\s)\d{4}(?![\d_-]|\.\d)"
        ),
        least=11,
    ),
    "ssn_in_words": Pattern(
        re.compile(
            r"\b(?:ssn?|s\.\s?s\.(?:\s?n\.?)?|soc(?:ial)?\.?(?: sec(?:urity)?)?\.?)"
            r"(?:\s*(?:#|number\b|no\b))?\D{0,20}(?:\d{3}\D?\d{2}\D?\d{4}|\d{4})(?!\d)"
        ),
        frozenset(("ssn", "ss", "soc", "social")),
        proof=_is_social,
        marks=("s.s", "ssn"),
    ),
    "card": Pattern(re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])"), proof=_luhn, least=13),
    "record_number": Pattern(
        re.compile(
            rf"\bmrn\W{{0,3}}(?:no|number|id)?\W{{0,3}}{_NUMBER}[a-z]{{0,2}}\d{{3,}}"
            r"|\bm\.r\.n\.?\W{0,3}\d{3,}"
            r"|\b(?:chart|record|client|patient|pt\.?|intakeq)\s*"
            rf"(?:no|nr|num|number|id|#){_NUMBER}[a-z]{{0,2}}\d{{3,}}"
        ),
        frozenset(("mrn", "chart", "record", "client", "patient", "pt", "intakeq")),
        marks=("mrn", "m.r.n"),
    ),
    "birth_date": Pattern(
        re.compile(
            rf"\b(?:dob|d\.o\.b|born|birth ?date|date of birth|birthday|bday|b-day)(?=\b|\d).{{0,12}}?{_DATE}", re.DOTALL
        ),
        frozenset(("dob", "born", "birth", "birthdate", "birthday", "bday")),
        marks=("dob", "d.o.b", "b-day"),
    ),
    "diagnosis": Pattern(
        re.compile(
            rf"\b{_ONE}\b[^.!?\n]{{0,60}}\bf\d{{2}}(?:\.\d{{1,3}})?\b"
            rf"|\bf\d{{2}}(?:\.\d{{1,3}})?\b[^.!?\n]{{0,40}}\b{_ONE}\b"
            rf"|\b{_THEY}\b[^.!?\n]{{0,20}}\b(?:was|were|is|are|been|being|got)\s+(?:\w+\s+)?diagnosed (?:with|as)\b"
            rf"|\bdiagnosed\s+{_THEY}\s+(?:with|as)\b|\b{_THEY}\s+diagnosis\s+(?:is|of)\s+(?!codes?\b)"
        ),
        frozenset(
            ["client", "patient", "pt", "he", "she", "his", "her", "hers", "him", "mom", "mother", "son", "daughter",
             "they", "them", "their"]
        ),
        needs_digit=False,
    ),
    "insurance_id": Pattern(
        re.compile(
            r"\b(?:member|subscriber|medicaid|medicare|beneficiary|policyholder)\s*"
            r"(?:id|no|number|#)[.:#\s]*(?:is\s+)?[a-z]{0,4}[\d -]{5,}\d"
        ),
        frozenset(["member", "subscriber", "medicaid", "medicare", "beneficiary", "policyholder"]),
    ),
    "home_address": Pattern(
        re.compile(
            r"\b(?:lives? (?:at|on)|living at|resid(?:es|ing) at|stays? at|staying at|home address(?: is)?|moved to)"
            r"\W{1,3}\d{1,6}\s+[a-z0-9.' ]{2,40}"
            r"\b(?:street|st|avenue|ave|road|rd|drive|dr|boulevard|blvd|lane|ln|court|ct|way|place|pl|apt|unit)\b"
        ),
        frozenset(["lives", "live", "living", "resides", "residing", "stays", "stay", "staying", "home", "moved"]),
    ),
}  # fmt: skip


_OF_DIGITS = {rule: pattern for rule, pattern in PATTERNS.items() if not pattern.needs}
_BESIDE_WORDS = {rule: pattern for rule, pattern in PATTERNS.items() if pattern.needs}
NEEDS = frozenset().union(*(pattern.needs for pattern in _BESIDE_WORDS.values()))
_MARKS = tuple({mark for pattern in _BESIDE_WORDS.values() for mark in pattern.marks})
_LEAST = min(pattern.least for pattern in _OF_DIGITS.values())


def find_patterns(read: Reading) -> list[str]:
    """The shapes that a text has. Those without words are looked for in digits alone."""
    found: list[str] = []
    for run in read.runs:
        if len(run) >= _LEAST:
            found += [
                rule
                for rule, each in _OF_DIGITS.items()
                if len(run) >= each.least and each.matches(run)
            ]
    text = read.apart
    is_near = not NEEDS.isdisjoint(read.telling) or any(mark in text for mark in _MARKS)
    if is_near and len(text) >= SHAPE_MIN:
        has_digit = _DIGIT.search(text) is not None
        found += [
            rule
            for rule, each in _BESIDE_WORDS.items()
            if (has_digit or not each.needs_digit)
            and each.may_match(text, read.telling)
            and each.matches(text)
        ]
    return found
