"""Why incidents happen, what may stand in their timeline, and the words of each: closed lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lmhg_contracts.registry import KINDS
from lmhg_gateway.web.points import IncidentCode, SubjectPage

REPORTED = IncidentCode(
    code="reported",
    title="Reported by an officer",
    happened="An officer saw this and reported it.",
    todo="Read the first comment. If client information may have reached the wrong person, note today's date. The 60 days to notify people start when you find out.",
)
CAUSES: Mapping[str, str] = {
    "human_error": "Someone made a mistake",
    "training": "Someone did not know the rule",
    "software_defect": "Software problem",
    "misconfiguration": "Wrong setting",
    "outage": "Something was down or late",
    "policy_gap": "The policy did not cover it",
    "allowed": "It was allowed and correct",
    "false_alarm": "Nothing happened",
    "attack": "Someone meant harm",
}
"""Why an incident happened; one of these when it is resolved."""

ACTS: Mapping[str, str] = {
    "opened": "Opened",
    "assigned": "Assigned",
    "comment": "Comment",
    "resolved": "Resolved",
    "reopened": "Reopened",
}
"""What may stand in an incident's timeline."""


@dataclass(frozen=True)
class Vocabulary:
    """What every feature says of its incidents: the words of each, and the pages of what they are about."""

    codes: Mapping[str, IncidentCode]
    pages: Mapping[str, str]

    def place_of(self, subject_kind: str, subject_id: object) -> str:
        """The page of what an incident is about, if it has one."""
        place = self.pages.get(subject_kind, "")
        return place.format(subject_id) if subject_id or "{}" not in place else ""


def vocabulary(codes: Iterable[IncidentCode], pages: Iterable[SubjectPage]) -> Vocabulary:
    """The words by code and the pages by kind of subject."""
    return Vocabulary(
        codes={each.code: each for each in codes},
        pages={each.subject_kind: each.path for each in pages},
    )


def is_record(subject_kind: str) -> bool:
    """Whether an incident is about a record that may cross, so that the relay ledger knows it."""
    return subject_kind in KINDS
