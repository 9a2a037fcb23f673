"""What each rule of screening means, in words, and how many officers it takes to clear it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple


class HeldRule(NamedTuple):
    """One rule as an officer reads it."""

    meaning: str
    officers: Literal[1, 2]
    """How many of them it takes to let such a text leave. Keeping it here always takes one."""


HELD_RULES: Mapping[str, HeldRule] = {
    "client_name": HeldRule("A first and last name stand there as those of a client of ours.", 2),
    "client_surname": HeldRule("A word stands there that is the family name of a client.", 2),
    "client_email": HeldRule("An e-mail address stands there that belongs to a client.", 2),
    "client_phone": HeldRule("A phone number stands there that belongs to a client.", 2),
    "client_number": HeldRule("A number stands there that is a client's record number.", 2),
    "client_birth_date": HeldRule("A date stands there on which a client was born.", 2),
    "ssn": HeldRule("Nine digits are grouped as a social security number is.", 1),
    "card": HeldRule("A run of digits has the length and check digit of a payment card.", 1),
    "record_number": HeldRule("A number follows words such as MRN, chart or client number.", 1),
    "birth_date": HeldRule("A date follows words such as born, DOB or date of birth.", 1),
    "body_too_long": HeldRule("The record is longer than any of its kind may be.", 1),
    "body_not_contract": HeldRule(
        "The record is not what its kind promises, so it was not read.", 1
    ),
    "body_not_json": HeldRule("The record cannot be read at all.", 1),
    "kind_unknown": HeldRule("The record is of a kind that nobody knows.", 1),
}
"""Rule to words. A rule that is not listed takes two officers."""

OTHERWISE = HeldRule("A rule that this page has no words for yet.", 2)
ONE_OFFICER = tuple(sorted(rule for rule, held in HELD_RULES.items() if held.officers == 1))
OUTCOMES = ("waiting", "cleared", "kept")


def held_rule(rule: str) -> HeldRule:
    """Words of a rule; an unknown one takes two officers."""
    return HELD_RULES.get(rule, OTHERWISE)
