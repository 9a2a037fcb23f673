"""What a column of a file of referrals may be, and which one its head says it is. Pure."""

from collections.abc import Mapping, Sequence

from lmhg_gateway.features.imports.columns import ALSO as CLIENT_ALSO
from lmhg_gateway.features.imports.columns import FIELD_WORDS as CLIENT_WORDS
from lmhg_gateway.features.imports.columns import LEAVE_OUT, RECORD, folded
from lmhg_gateway.features.referrals.public import REFERRAL_HEADS

CLIENT_RECORD = "client_record"
WHO = ("legal_name", "first_name", "last_name", "birth_date", "mobile", "phone", "email")
"""What tells which client on record it is of."""
FIELD_WORDS: Mapping[str, str] = {
    LEAVE_OUT: "Leave out",
    **{name: CLIENT_WORDS[name] for name in WHO},
    "received_on": "Received on",
    "channel": "How it arrived",
    "source_category": "Referred by",
    "source": "Name of the person or place",
    "concern_code": "Concern",
    "concern": "In their words",
    "urgency": "Urgency",
    "payer": "Payer",
    "payer_name": "Plan or insurer",
    "may_contact": "We may contact the person",
    "may_report_back": "We may tell the referrer",
    "number": "Number in your old system",
    RECORD: "Referral (from our own export)",
    CLIENT_RECORD: "Client record (from our own export)",
}
"""Every field that a column can fill, in the words of its choice."""
ALSO: Mapping[str, Sequence[str]] = {
    **{name: CLIENT_ALSO[name] for name in WHO if name in CLIENT_ALSO},
    "received_on": ("referral date", "date received", "date of referral", "received"),
    "channel": ("referral method", "how received", "method"),
    "source_category": ("referral source", "source type", "referred by type"),
    "source": ("referring provider", "referrer", "referred from", "referral from"),
    "concern_code": ("reason for referral", "presenting problem", "reason"),
    "concern": ("notes", "comments", "reason in their words"),
    "urgency": ("priority",),
    "payer": ("insurance", "insurance company", "primary insurance"),
    "number": ("referral id", "referral number"),
}


def _known() -> dict[str, str]:
    found = {folded(words): name for name, words in FIELD_WORDS.items() if name != LEAVE_OUT}
    found |= {each: name for name, others in ALSO.items() for each in others}
    return found


_KNOWN = _known()
_OWN = {folded(words): name for name, words in REFERRAL_HEADS.items() if name in FIELD_WORDS}


def suggested(heads: Sequence[str]) -> list[str]:
    """What each column is by its head; each field once, the first column that says it."""
    known = _KNOWN | _OWN if is_own(heads) else _KNOWN
    taken: set[str] = set()
    found: list[str] = []
    for head in heads:
        name = known.get(folded(head), LEAVE_OUT)
        found.append(LEAVE_OUT if name in taken else name)
        taken.add(name)
    return found


def is_own(heads: Sequence[str]) -> bool:
    """Whether these are the heads of our own export of referrals."""
    return {REFERRAL_HEADS[RECORD], REFERRAL_HEADS[CLIENT_RECORD]} <= set(heads)


def refused(columns: Sequence[str]) -> str:
    """Why these choices cannot be taken, as a sentence; nothing where they can."""
    chosen = [each for each in columns if each != LEAVE_OUT]
    unknown = [each for each in chosen if each not in FIELD_WORDS]
    if unknown:
        return "A column is chosen as something that a referral does not have."
    twice = sorted({FIELD_WORDS[each] for each in chosen if chosen.count(each) > 1})
    if twice:
        return f"Two columns are “{twice[0]}”. Choose it once."
    if not {"legal_name", "first_name", "last_name", CLIENT_RECORD, RECORD} & set(chosen):
        return "Choose which column says whose referral it is."
    if not {"received_on", RECORD} & set(chosen):
        return "Choose which column has the day it was received."
    return ""
