"""What a request may say, how it may end, and what has to be so first. Pure."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from lmhg_gateway.features.records_requests.clock_rules import Kind
from lmhg_kit.errors import Conflict, Invalid

KINDS: Mapping[Kind, tuple[str, str]] = {
    Kind.RECORDS: ("Copy of records", "To see or get a copy of the record, or to have one sent."),
    Kind.AMENDMENT: ("Change of the record", "Something in the record is wrong or missing."),
    Kind.RESTRICTION: ("Limit on sharing", "Not to use or share something, or not with someone."),
    Kind.CONFIDENTIAL: (
        "Another way to be reached",
        "Letters and calls only to another address, number or way.",
    ),
}
ASKERS: Mapping[str, str] = {
    "client": "The client",
    "guardian": "Parent or guardian",
    "representative": "Other legal representative",
    "attorney": "Attorney",
    "provider": "Another provider",
    "insurer": "Insurer",
    "court": "Court",
    "agency": "Government agency",
    "other": "Someone else",
}
PURPOSES: Mapping[str, str] = {
    "own_use": "Own use",
    "care_elsewhere": "Care elsewhere",
    "legal": "A legal matter",
    "insurance": "Insurance",
    "benefits": "Disability or benefits",
    "safety": "Safety",
    "not_said": "Not said",
}
FORMS: Mapping[str, str] = {
    "electronic": "Electronic copy",
    "paper": "Paper copy",
    "look": "A look at the record here",
    "summary": "A summary",
    "not_asked": "Not asked",
}
CHECKS: Mapping[str, str] = {
    "photo_id": "Photo ID",
    "known": "Known to us in person",
    "call_back": "Call to the number on record",
    "signature": "Signature compared",
    "authority": "Papers of authority seen",
}
HOW_GIVEN: Mapping[str, str] = {
    "handed_over": "Handed over here",
    "mail": "Mailed",
    "secure_email": "Secure email",
    "fax": "Fax",
    "disk": "Disk or USB stick",
    "looked": "Looked at here",
}
LOGGED: Mapping[str, str] = {
    "letter_out": "Letter sent",
    "letter_in": "Letter received",
    "call": "Call",
    "note": "Note",
}
"""What people write into the log themselves."""
ACTS: Mapping[str, str] = {
    **LOGGED,
    "received": "Received",
    "identity_checked": "Identity checked",
    "extended": "Extended once",
    "released": "Handed over",
    "answered": "Answered",
    "reopened": "Opened again",
    "ended": "No longer in force",
}

GIVEN, IN_PART, DENIED, NOTHING, WITHDRAWN, ACCEPTED = (
    "given",
    "given_in_part",
    "denied",
    "nothing_held",
    "withdrawn",
    "accepted",
)
OUTCOMES: Mapping[str, str] = {
    GIVEN: "Given",
    IN_PART: "Given in part",
    ACCEPTED: "Agreed to",
    DENIED: "Denied",
    NOTHING: "Nothing on record",
    WITHDRAWN: "Taken back",
}
ENDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.RECORDS: (GIVEN, IN_PART, DENIED, NOTHING, WITHDRAWN),
    Kind.AMENDMENT: (ACCEPTED, DENIED, WITHDRAWN),
    Kind.RESTRICTION: (ACCEPTED, DENIED, WITHDRAWN),
    Kind.CONFIDENTIAL: (ACCEPTED, DENIED, WITHDRAWN),
}
"""How a request may end, by what it asks for."""
IN_FORCE = frozenset({Kind.RESTRICTION, Kind.CONFIDENTIAL})
"""What goes on after it was agreed to, until it ends."""
DENIALS: Mapping[str, str] = {
    "psychotherapy_notes": "Psychotherapy notes, kept apart",
    "for_a_court": "Made for a court case",
    "danger": "A danger to someone's life or safety",
    "other_person": "About another person, who could be harmed",
    "in_confidence": "Given to us in confidence by someone",
    "not_ours": "Not made or kept by us",
    "correct": "The record is correct and complete",
    "cannot_do": "We can't keep to it",
}
"""Why a request may be denied. Source: 45 CFR 164.524 (a), 164.526 (a), 164.522."""
UNDO_FOR = timedelta(minutes=10)


def check_release(*, is_closed: bool, is_checked: bool) -> None:
    """Accept that something is handed over: to someone whose identity was checked. Raises: Conflict."""
    if is_closed:
        raise Conflict("request_closed")
    if not is_checked:
        raise Conflict("request_identity")


def check_same(before: uuid.UUID, request_id: uuid.UUID) -> None:
    """Accept that a form that was sent before is sent again, for the same request. Raises: Conflict."""
    if before != request_id:
        raise Conflict("request_other")


def check_day(name: str, day: date | None, *, received_on: date, today: date) -> None:
    """Accept a day on which something was done about a request. Raises: Invalid."""
    if day is not None and not received_on <= day <= today:
        said = "Write a date from the day the request came to today."
        raise Invalid("request_day", fields={name: said})


def missing_for(
    kind: Kind,
    outcome: str,
    *,
    denied_for: str,
    decision: str,
    answered_on: date | None,
    releases: int,
    is_checked: bool,
    is_paid_in_full: bool,
) -> dict[str, str]:
    """What still keeps a request from ending like this, by field; nothing where all is there."""
    if outcome not in ENDS[kind]:
        return {"outcome": "A request like this can't end that way."}
    found: dict[str, str] = {}
    if outcome == WITHDRAWN:
        return found
    if answered_on is None:
        found["answered_on"] = "Write the day on which the answer went out."
    if outcome in {GIVEN, IN_PART} and not releases:
        found["outcome"] = (
            "First note under Hand over what was given."
            if is_checked
            else "First check who asks. Then note under Hand over what was given."
        )
    if outcome in {DENIED, IN_PART}:
        found |= _denial(kind, denied_for, decision, is_paid_in_full=is_paid_in_full)
    if outcome == ACCEPTED and not decision:
        found["decision"] = "Write what was agreed, so that everyone can keep to it."
    return found


def _denial(kind: Kind, denied_for: str, decision: str, *, is_paid_in_full: bool) -> dict[str, str]:
    if kind is Kind.RESTRICTION and is_paid_in_full:
        return {
            "outcome": "This one can't be denied: the person paid in full, so the insurer is not told."
        }
    found: dict[str, str] = {}
    if not denied_for:
        found["denied_for"] = "Choose the reason."
    if not decision:
        found["decision"] = "Write what is not given and why, as the letter says it."
    return found


def next_step(kind: Kind, *, is_checked: bool, releases: int) -> str:
    """What comes next with an open request, in words."""
    if kind is Kind.RECORDS:
        if not is_checked:
            return "First check who asks. Then you can note what was handed over, and close the request."
        if not releases:
            return (
                "Next, note under Hand over what you give. If nothing is given, close the request."
            )
        return "Next, close the request with the answer."
    if not is_checked:
        return "First check who asks. Then decide, and close the request with the answer."
    return "Next, decide, tell the person in writing, and close the request with the answer."


def check_undo(closed_at: datetime | None, *, closed_by: str | None, by: str, at: datetime) -> None:
    """Accept that one takes back one's own answer, shortly after it. Raises: Conflict."""
    if closed_at is None or closed_by != by or at >= closed_at + UNDO_FOR:
        raise Conflict("request_undo")


def is_in_force(kind: str, outcome: str | None, *, is_ended: bool) -> bool:
    """Whether something that was agreed to still has to be kept to."""
    return kind in IN_FORCE and outcome == ACCEPTED and not is_ended
