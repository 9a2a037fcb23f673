"""Shapes of identifiers that name a person whoever it is, each with what must stand beside it."""

import re
from collections.abc import Callable

import msgspec

from lmhg_gateway.features.screening.text_rules import Reading

SHAPE_MIN = 9
"""Letters below which nothing has the shape of an identifier."""
_DIGIT = re.compile(r"[0-9]")
_DATE = (
    r"(?:\d{1,4}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{1,4}"
    r"|\d{1,2}(?:st|nd|rd|th)?[\s.\-]*[a-z]{3,9}[\s.,\-]*'?\d{2,4}"
    r"|[a-z]{3,9}[\s.]*\d{1,2}(?:st|nd|rd|th)?[\s,]*'?\d{2,4})"
)
_ONE = r"(?:the client|the patient|this client|this patient|client|patient|pt|he|she|his|her|hers|him|mom|mother|son|daughter)"


class Pattern(msgspec.Struct, frozen=True):
    """A shape, words without one of which it cannot match, and a proof where a shape is not enough."""

    shape: re.Pattern[str]
    needs: frozenset[str] = frozenset()
    proof: Callable[[str], bool] | None = None
    needs_digit: bool = True
    least: int = SHAPE_MIN
    """Letters below which nothing has this shape."""

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
    return total % 10 == 0


PATTERNS: dict[str, Pattern] = {
    "ssn": Pattern(
        re.compile(
            r"(?<![\d-])\d{3}[- ]\d{2}[- ]\d{4}(?![\d-])"
        ),
        least=11,
    ),
    "ssn_in_words": Pattern(
        re.compile(
            r"\b(?:ssn|social security(?: number| no| #)?|social)\b\D{0,20}(?:\d{9}|\d{4})(?!\d)"
        ),
        frozenset(("ssn", "social")),
    ),
    "card": Pattern(re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])"), proof=_luhn, least=13),
    "record_number": Pattern(
        re.compile(
            r"\bmrn\b\W{0,3}(?:no|number|id)?\W{0,3}\d{3,}"
            r"|\b(?:chart|record|client|patient|intakeq)\s*(?:no|number|id|#)[.:#\s]*(?:is\s+)?\d{3,}"
        ),
        frozenset(("mrn", "chart", "record", "client", "patient", "intakeq")),
    ),
    "birth_date": Pattern(
        re.compile(
            rf"\b(?:dob|d\.o\.b|born|birth ?date|date of birth|birthday)\b.{{0,12}}?{_DATE}", re.DOTALL
        ),
        frozenset(("dob", "d", "born", "birth", "birthdate", "birthday")),
    ),
    "diagnosis": Pattern(
        re.compile(
            rf"\b{_ONE}\b[^.!?\n]{{0,60}}\bf\d{{2}}(?:\.\d{{1,3}})?\b"
            rf"|\bf\d{{2}}(?:\.\d{{1,3}})?\b[^.!?\n]{{0,40}}\b{_ONE}\b"
            rf"|\b{_ONE}\b[^.!?\n]{{0,20}}\b(?:was|is|been|got)\s+(?:just\s+|recently\s+)?diagnosed with\b"
        ),
        frozenset(
            ["client", "patient", "pt", "he", "she", "his", "her", "hers", "him", "mom", "mother", "son", "daughter"]
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
    if not NEEDS.isdisjoint(read.telling) and len(read.lower) >= SHAPE_MIN:
        has_digit = _DIGIT.search(read.lower) is not None
        found += [
            rule
            for rule, each in _BESIDE_WORDS.items()
            if not each.needs.isdisjoint(read.telling)
            and (has_digit or not each.needs_digit)
            and each.matches(read.lower)
        ]
    return found
