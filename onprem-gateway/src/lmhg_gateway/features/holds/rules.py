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
    "client_name": "A client's or guardian's first and last name, in some order or short form.",
    "client_surname": "A client's or guardian's last name, used for a person.",
    "client_initial": "A client's first name with the initial of the last name.",
    "client_phone": "The phone number of a client or guardian.",
    "client_address": "The house and street where a client lives.",
    "client_email": "A client's email address.",
    "client_birth_date": "A date on which a client was born.",
    "client_number": "A client's number in IntakeQ.",
    "ssn": "A number in the form of a Social Security number.",
    "ssn_in_words": "Digits next to the words for a Social Security number.",
    "card": "A number that looks like a payment card.",
    "record_number": "A number next to a word for a chart, a record or a client.",
    "birth_date": "A date next to a word for birth.",
    "diagnosis": "A diagnosis or its code next to a word for a person.",
    "insurance_id": "A number next to a word for an insurance member.",
    "home_address": "An address next to words for someone's home.",
    "body_too_long": "The record is too long to be checked.",
    "kind_unknown": "The record is of an unknown type.",
    "screening_failed": "The check failed on this text, so it was not checked.",
    "body_not_contract": "The record does not have the expected form, so it could not be checked.",
    "body_not_json": "The record is damaged and could not be checked.",
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
