"""Why incidents happen, what may stand in their timeline, and the words of each: closed lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lmhg_contracts.registry import KINDS
from lmhg_gateway.web.points import IncidentCode, SubjectPage

REPORTED = IncidentCode(
    code="reported",
    title="Reported by an officer",
    happened="Nothing was noticed by itself: somebody saw it and wrote it down.",
    todo="Read the first comment. If client information may have reached somebody who should not have"
    " it, note the day: the 60 days for notification run from discovery.",
)
CAUSES: Mapping[str, str] = {
    "human_error": "Somebody made a mistake",
    "training": "Somebody did not know the rule",
    "software_defect": "The software was wrong",
    "misconfiguration": "A setting was wrong",
    "outage": "Something was down or late",
    "policy_gap": "The policy did not say",
    "allowed": "It was allowed, and right",
    "false_alarm": "Nothing had happened",
    "attack": "Somebody meant harm",
}
"""Why an incident happened; one of these when it is resolved."""

ACTS: Mapping[str, str] = {
    "opened": "Opened",
    "assigned": "Assigned",
    "comment": "Comment",
    "resolved": "Resolved",
    "reopened": "Opened again",
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
