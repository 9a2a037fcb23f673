"""How many officers it takes to clear what each rule of screening held, and what the rule means."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

OUTCOMES = ("waiting", "cleared", "kept")


class HeldRule(NamedTuple):
    """One rule as people read it: a short name, a sentence, and who decides."""

    name: str
    meaning: str
    officers: Literal[1, 2] = 2
    """How many of them it takes to let such a text leave. Keeping it here always takes one."""


HELD_RULES: Mapping[str, HeldRule] = {
    "client_name": HeldRule(
        "Client's full name",
        "A client's or guardian's first and last name, in some order or short form.",
    ),
    "client_surname": HeldRule(
        "Client's last name", "A client's or guardian's last name, used for a person."
    ),
    "client_initial": HeldRule(
        "Client's first name and initial",
        "A client's first name with the initial of the last name.",
    ),
    "client_phone": HeldRule("Client's phone number", "The phone number of a client or guardian."),
    "client_address": HeldRule("Client's address", "The house and street where a client lives."),
    "client_email": HeldRule("Client's email", "A client's email address."),
    "client_birth_date": HeldRule("Client's date of birth", "A date on which a client was born."),
    "client_number": HeldRule("Client's IntakeQ number", "A client's number in IntakeQ."),
    "ssn": HeldRule(
        "Social Security number", "A number in the form of a Social Security number.", 1
    ),
    "ssn_in_words": HeldRule(
        "Digits near “Social Security”",
        "Digits next to the words for a Social Security number.",
        1,
    ),
    "card": HeldRule("Payment card number", "A number that looks like a payment card.", 1),
    "record_number": HeldRule(
        "Chart or record number", "A number next to a word for a chart, a record or a client.", 1
    ),
    "birth_date": HeldRule("Date of birth", "A date next to a word for birth.", 1),
    "diagnosis": HeldRule("Diagnosis", "A diagnosis or its code next to a word for a person.", 1),
    "insurance_id": HeldRule(
        "Insurance number", "A number next to a word for an insurance member.", 1
    ),
    "home_address": HeldRule("Home address", "An address next to words for someone's home.", 1),
    "body_too_long": HeldRule("Too long to check", "The record is too long to be checked.", 1),
    "kind_unknown": HeldRule("Unknown type of record", "The record is of an unknown type.", 1),
    "file_unread": HeldRule(
        "File not read",
        "The file could not be read, and no one said that they read every page.",
    ),
    "screening_failed": HeldRule(
        "The check failed", "The check failed on this text, so it was not checked."
    ),
    "body_not_contract": HeldRule(
        "Unexpected form",
        "The record does not have the expected form, so it could not be checked.",
        1,
    ),
    "body_not_json": HeldRule(
        "Damaged record", "The record is damaged and could not be checked.", 1
    ),
}
"""Every rule that screening has. Rules about a shape and nobody in particular take one officer; every
other one names a client and takes two."""

ONE_OFFICER = tuple(sorted(rule for rule, held in HELD_RULES.items() if held.officers == 1))
REASONS: Mapping[str, str] = {rule: held.meaning for rule, held in HELD_RULES.items()}
"""Why a record is held, by rule, in a sentence."""

PLACES: Mapping[str, str] = {
    "before": "message before",
    "body": "text",
    "display_name": "name",
    "file": "file",
    "file_name": "file's name",
    "record": "whole record",
    "subject": "subject",
    "title": "title",
}
"""The fields of records that are checked, as people call them."""


def held_rule(rule: str) -> HeldRule:
    """Words of a rule; an unknown one says its name and takes two officers."""
    said = rule.replace("_", " ").capitalize()
    return HELD_RULES.get(rule) or HeldRule(said, f"{said}.")


def reason_of(rule: str) -> str:
    """The reason of a rule in a sentence."""
    return held_rule(rule).meaning


def place_words(place: str) -> str:
    """Where in a record something was found: "text", or "title and text" where one ends in the other."""
    parts = (place or "record").split(" and ")
    return " and ".join(PLACES.get(part, part.replace("_", " ")) for part in parts)


def takes_two(rules: Iterable[str]) -> bool:
    """Whether two officers must clear a text in which these rules matched: one strict rule is enough."""
    return any(held_rule(rule).officers > 1 for rule in rules)
