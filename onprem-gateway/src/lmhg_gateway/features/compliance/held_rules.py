"""How many officers it takes to clear what each rule of screening held, and what the rule means."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from lmhg_gateway.features.screening.public import REASONS, reason_of

OUTCOMES = ("waiting", "cleared", "kept")
ONE_OFFICER = (
    "birth_date",
    "body_not_contract",
    "body_not_json",
    "body_too_long",
    "card",
    "diagnosis",
    "home_address",
    "insurance_id",
    "kind_unknown",
    "record_number",
    "ssn",
    "ssn_in_words",
)
"""Rules about a shape and nobody in particular. Every other one names a client and takes two."""


class HeldRule(NamedTuple):
    """One rule as an officer reads it."""

    meaning: str
    officers: Literal[1, 2]
    """How many of them it takes to let such a text leave. Keeping it here always takes one."""


def held_rule(rule: str) -> HeldRule:
    """Words of a rule; an unknown one takes two officers."""
    return HeldRule(reason_of(rule), 1 if rule in ONE_OFFICER else 2)


def takes_two(rules: Iterable[str]) -> bool:
    """Whether two officers must clear a text in which these rules matched: one strict rule is enough."""
    return any(held_rule(rule).officers > 1 for rule in rules)


HELD_RULES: Mapping[str, HeldRule] = {rule: held_rule(rule) for rule in REASONS}
"""Every rule that screening has."""
