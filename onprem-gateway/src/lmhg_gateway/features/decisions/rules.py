"""Rules of decisions: which roles take two people, and how long a new holder stays apart."""

from enum import StrEnum

from lmhg_contracts.roles import ADMIN, COMPLIANCE

POWERS = (ADMIN, COMPLIANCE)
"""Roles that let someone change what others may do or see. Two different people give them."""
NEW_HOLDER_DAYS = 30
"""How long nobody is second person for anyone who asked for their role or invited them.

A month holds the weekly packet four times and the monthly statement once: the officers have seen
the new name at work before it can complete a pair with the one who brought it.
"""
FIRST_FACTOR_DAYS = 30
"""From the first start, how long everybody else has to set up two-step sign-in."""


class Kind(StrEnum):
    """What a decision is about."""

    ROLES = "roles"
    FACTOR_RULE = "factor_rule"


class Outcome(StrEnum):
    """How far a decision is."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    DROPPED = "dropped"


OUTCOME_WORDS = {
    Outcome.OPEN: ("Waiting for a second person", "warn"),
    Outcome.APPROVED: ("Approved", "ok"),
    Outcome.DECLINED: ("Declined", ""),
    Outcome.DROPPED: ("Canceled", ""),
}
NOTICES = {
    "roles_open": "{actor} asked to give {subject} the role {role}. A second person has to decide.",
    "roles_approved": "{actor} approved the role {role} for {subject}. It counts now.",
    "roles_declined": "{actor} declined the role {role} for {subject}.",
    "roles_dropped": "The request to give {subject} the role {role} was canceled.",
    "factor_rule_open": (
        "{actor} asked to lift or postpone two-step sign-in for the role {role}. A second person"
        " has to decide."
    ),
    "factor_rule_approved": (
        "{actor} approved: two-step sign-in for the role {role} is lifted or postponed."
    ),
    "factor_rule_declined": "{actor} declined: two-step sign-in for the role {role} stays.",
    "factor_rule_dropped": (
        "The request to lift or postpone two-step sign-in for the role {role} was canceled."
    ),
    "rule_set": "{actor} set the day from which two-step sign-in is needed for {role}.",
    "first_people": "The first two people of the practice were added on the server.",
}
"""What the officers are told, by code. It names colleagues and roles, and nothing else."""


ABOUT_A_RULE = frozenset(
    {
        "factor_rule_open",
        "factor_rule_approved",
        "factor_rule_declined",
        "factor_rule_dropped",
        "rule_set",
    }
)
"""Notices that are about roles; every other one is about people."""


def split_roles(wanted: list[str], *, has: list[str]) -> tuple[list[str], list[str]]:
    """The roles that one person may give now, and those that take a second one."""
    asked = [role for role in POWERS if role in wanted and role not in has]
    return sorted({str(role) for role in wanted} - set(asked)), asked
