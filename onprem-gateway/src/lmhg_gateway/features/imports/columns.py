"""What a column of a file may be, and which one its head says it is. Pure."""

import re
from collections.abc import Mapping, Sequence

from lmhg_gateway.features.clients.public import HEADS

LEAVE_OUT = "skip"
RECORD, VERSION = "record", "version"
FIELD_WORDS: Mapping[str, str] = {
    LEAVE_OUT: "Leave out",
    "legal_name": "Legal name",
    "first_name": "First name",
    "last_name": "Last name",
    "name_used": "Name used",
    "pronouns": "Pronouns",
    "birth_date": "Birth date",
    "mobile": "Mobile",
    "phone": "Phone",
    "email": "Email",
    "address": "Address",
    "street": "Street",
    "city": "City",
    "state": "State",
    "zip": "ZIP code",
    "guardian": "Guardian or emergency contact",
    "payer": "Payer",
    "language": "Language",
    "may_voicemail": "May leave voicemail",
    "may_text": "May text",
    "may_email": "May email",
    "may_mail": "May mail",
    "part2": "Part 2",
    "number": "Number in your old system",
    RECORD: "Record (from our own export)",
    VERSION: "Version (from our own export)",
}
"""Every field that a column can fill, in the words of its choice."""
ALSO: Mapping[str, Sequence[str]] = {
    "legal_name": ("name", "full name", "client", "client name", "patient", "patient name"),
    "first_name": ("first", "given name", "fname", "client first name", "patient first name"),
    "last_name": (
        "last",
        "surname",
        "family name",
        "lname",
        "client last name",
        "patient last name",
    ),
    "name_used": ("preferred name", "nickname", "goes by", "chosen name"),
    "birth_date": ("born", "dob", "date of birth", "birthdate", "birthday"),
    "mobile": ("cell", "cell phone", "mobile phone", "cellphone"),
    "phone": ("home phone", "phone number", "telephone", "primary phone"),
    "email": ("e mail", "email address", "e mail address"),
    "address": ("full address", "mailing address"),
    "street": ("street address", "address 1", "address line 1"),
    "zip": ("zip", "postal code", "zipcode"),
    "guardian": ("guardian", "emergency contact", "parent"),
    "payer": ("insurance", "insurance company", "primary insurance"),
    "language": ("preferred language",),
    "may_voicemail": ("ok to leave voicemail", "voicemail ok"),
    "may_text": ("ok to text", "text ok", "sms ok"),
    "number": ("client id", "client number", "patient id", "mrn", "chart number", "account number"),
}


def folded(head: str) -> str:
    """A head in plain small words."""
    return " ".join(re.findall(r"[a-z0-9]+", head.casefold()))


def _known() -> Mapping[str, str]:
    found = {folded(words): name for name, words in FIELD_WORDS.items() if name != LEAVE_OUT}
    found |= {folded(words): name for name, words in HEADS.items()}
    return found | {each: name for name, others in ALSO.items() for each in others}


_KNOWN = _known()


def suggested(heads: Sequence[str]) -> list[str]:
    """What each column is by its head; each field once, the first column that says it."""
    taken: set[str] = set()
    found: list[str] = []
    for head in heads:
        name = _KNOWN.get(folded(head), LEAVE_OUT)
        found.append(LEAVE_OUT if name in taken else name)
        taken.add(name)
    return found


def is_own(heads: Sequence[str]) -> bool:
    """Whether these are the heads of our own export."""
    return {RECORD, "legal_name"} <= set(suggested(heads)) and HEADS[VERSION] in heads


def refused(columns: Sequence[str]) -> str:
    """Why these choices cannot be taken, as a sentence; nothing where they can."""
    chosen = [each for each in columns if each != LEAVE_OUT]
    twice = sorted({FIELD_WORDS[each] for each in chosen if chosen.count(each) > 1})
    if twice:
        return f"Two columns are “{twice[0]}”. Choose it once."
    named = {"legal_name", "first_name", "last_name", RECORD} & set(chosen)
    if not named:
        return "Choose which column has the name."
    return ""
