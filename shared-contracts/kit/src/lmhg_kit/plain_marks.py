"""Marks of a person that anybody can see in a text: told to its writer before it is sent.

This is the quick look, at home on both planes. Whether a text names a client only the office can tell;
its own screening looks at everything that arrives.
"""

import re
from collections.abc import Callable, Mapping

_SSN = re.compile(r"(?<![\d._-])\d{3}([-. ])\d{2}\1\d{4}(?![\d_-]|\.\d)")
_SSN_IN_WORDS = re.compile(
    r"\b(?:ssn|social(?: security)?)\b(?: (?:number|no))?\D{0,12}(?:\d{3}\D?\d{2}\D?\d{4}|\d{4})(?!\d)",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+?1[-. ]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\w-])"
)
_DAY = r"(?:\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{4}-\d{2}-\d{2}|[a-z]{3,9}\.? \d{1,2},? \d{2,4})"
_BORN = re.compile(
    rf"\b(?:dob|d\.o\.b\.?|born(?: on)?|birth ?date|date of birth|birthday)\b.{{0,12}}?{_DAY}",
    re.IGNORECASE | re.DOTALL,
)


def _is_card(text: str) -> bool:
    """Whether the digits carry the check digit of a payment card."""
    total = 0
    for at, digit in enumerate(reversed([int(letter) for letter in text if letter.isdigit()])):
        doubled = digit * 2
        total += digit if at % 2 == 0 else doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


_LOOKS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("ssn", _SSN, lambda _: True),
    ("ssn", _SSN_IN_WORDS, lambda _: True),
    ("card", _CARD, _is_card),
    ("birth_date", _BORN, lambda _: True),
    ("phone", _PHONE, lambda _: True),
)
SENTENCES: Mapping[str, str] = {
    "ssn": "This looks like a Social Security number.",
    "card": "This looks like a card number.",
    "birth_date": "This looks like a date of birth.",
    "phone": "This looks like a phone number.",
}


def mark_in(text: str) -> str | None:
    """The first mark of a person in a text: ssn, card, birth_date or phone."""
    for name, shape, proof in _LOOKS:
        if any(proof(found.group()) for found in shape.finditer(text)):
            return name
    return None
