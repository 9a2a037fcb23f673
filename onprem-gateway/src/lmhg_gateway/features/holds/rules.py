"""How many officers it takes to clear what each rule of screening held, and what the rule means."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

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


REASONS: Mapping[str, str] = {
    "client_name": "The first name of a client or guardian stands with the surname, in some order or short form.",
    "client_surname": "The surname of a client or guardian stands where a person is meant.",
    "client_initial": "A client's first name stands with the initial of the surname.",
    "client_phone": "The phone number of a client or guardian.",
    "client_address": "The house and street where a client lives.",
    "client_email": "A client's e-mail address.",
    "client_birth_date": "A date on which a client was born.",
    "client_number": "A client's number in IntakeQ.",
    "ssn": "The shape of a social security number.",
    "ssn_in_words": "Digits beside the word for a social security number.",
    "card": "A number with the check digit of a payment card.",
    "record_number": "A number beside the word for a chart, a record or a client.",
    "birth_date": "A date beside the word for birth.",
    "diagnosis": "A diagnosis or its code beside the word for one person.",
    "insurance_id": "A number beside the word for an insured member.",
    "home_address": "An address beside the words for somebody's home.",
    "body_too_long": "The record is longer than its contract allows, so it could not be read.",
    "kind_unknown": "The record is of a kind that the contracts do not know.",
    "screening_failed": "The check itself failed on this text, so nobody knows what is in it.",
    "body_not_contract": "The record is not what its contract says, so it could not be read.",
    "body_not_json": "The record is not JSON, so it could not be read.",
}
"""Why a record is held, by rule, in a sentence for the officer."""


def reason_of(rule: str) -> str:
    """The reason of a rule in a sentence; an unknown rule says its name."""
    return REASONS.get(rule, rule.replace("_", " ").capitalize() + ".")


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
