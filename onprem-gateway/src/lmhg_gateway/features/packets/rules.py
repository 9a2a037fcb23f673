"""The weekly packet, purely: which week, when due, which questions, and what a signature covers."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

DUE_DAYS = 2
DUE_AT = time(17)
VERDICTS = ("ok", "question", "incident")
COMMENT_MIN, COMMENT_MAX = 3, 1000
WITNESS_LATE_H = 1
CHECK_PATIENCE = timedelta(hours=2)
"""How long a packet waits on Monday for the ledgers to be verified."""
LEDGERS = ("relay", "access")


class LineWords(NamedTuple):
    """One question of the packet."""

    title: str
    question: str


LINES: Mapping[str, LineWords] = {
    "crossed": LineWords("What crossed", "Is this what should have left, and how much of it?"),
    "refused": LineWords("What was refused", "Does each refusal have a reason that you know?"),
    "held": LineWords("Held records", "Was each decided, and soon enough?"),
    "exemptions": LineWords("Exemptions", "Is each still needed? What ends soon?"),
    "standing": LineWords("Standing approvals", "Did any change, and was that right?"),
    "match": LineWords("Three-way match", "Did it run each night, and agree?"),
    "sweeps": LineWords("Canary sweeps", "Did they run every day, and find nothing?"),
    "incidents": LineWords("Incidents", "Is somebody working on each that is open?"),
    "break_glass": LineWords("Break-glass", "Was each opening reviewed?"),
    "access": LineWords("Access log", "Do you know the reason of each unusual look?"),
    "offboarding": LineWords("People who left", "Did each lose every access?"),
    "witness": LineWords("Witness", "Does the other plane vouch for our ledgers, up to now?"),
    "ledgers": LineWords(
        "Verified ledgers", "Was each ledger verified as a whole since the week ended, and sound?"
    ),
    "late_packets": LineWords("Earlier packets", "Is any of them unsigned, or was signed late?"),
}
"""Code to words, in the order in which a packet asks."""


@dataclass(frozen=True)
class Week:
    """Monday to Sunday in the practice's zone."""

    first: date
    zone: str

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), tzinfo=ZoneInfo(self.zone))

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.first + timedelta(days=7), time(), tzinfo=ZoneInfo(self.zone))

    @property
    def due_at(self) -> datetime:
        """Wednesday after it, at five in the afternoon."""
        day = self.first + timedelta(days=7 + DUE_DAYS)
        return datetime.combine(day, DUE_AT, tzinfo=ZoneInfo(self.zone))


def week_before(at: datetime, zone: str) -> Week:
    """The last whole week before a moment."""
    today = at.astimezone(ZoneInfo(zone)).date()
    monday = today - timedelta(days=today.weekday())
    return Week(monday - timedelta(days=7), zone)


def weeks_in(first: date, last: date, zone: str) -> list[Week]:
    """The weeks that end between two days, both of them included."""
    sunday = first + timedelta(days=6 - first.weekday())
    count = max((last - sunday).days // 7 + 1, 0)
    return [Week(sunday - timedelta(days=6) + timedelta(weeks=n), zone) for n in range(count)]


def needs_a_look(code: str, facts: Mapping[str, Any]) -> bool:
    """Whether the counts themselves ask for more than a glance."""
    watched: Mapping[str, tuple[str, ...]] = {
        "held": ("waiting",),
        "match": ("differing", "nights_without"),
        "sweeps": ("with_findings", "days_without"),
        "standing": ("granted", "withdrawn"),
        "incidents": ("open_now",),
        "break_glass": ("not_reviewed", "judged_incident"),
        "access": ("own_record", "same_surname", "bulk", "refused"),
        "witness": ("open_alarms", "late"),
        "ledgers": ("not_sound", "not_checked"),
        "late_packets": ("unsigned", "signed_late"),
    }
    return any(facts.get(name) for name in watched.get(code, ()))


def check_judgement(verdict: str, comment: str) -> str:
    """What is wrong with one line's judgement, in a sentence; nothing when it is fine."""
    if verdict not in VERDICTS:
        return "Choose ok, question or incident."
    if len(comment) > COMMENT_MAX:
        return f"Write at most {COMMENT_MAX} characters."
    if verdict != "ok" and len(comment) < COMMENT_MIN:
        return "Say what the question or the incident is."
    return ""


def canonical(
    *,
    first_day: date,
    last_day: date,
    zone: str,
    signed_by: str,
    lines: Sequence[Mapping[str, Any]],
) -> bytes:
    """The bytes that a signature covers: sorted, no spaces, the same on every machine."""
    content = {
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "zone": zone,
        "signed_by": signed_by,
        "lines": list(lines),
    }
    return msgspec.json.encode(content, order="deterministic")


def digest_of(content: bytes) -> str:
    """SHA-256 of the canonical content, in hex."""
    return hashlib.sha256(content).hexdigest()


def short_digest(digest: str) -> str:
    """The same digest in 43 characters, as the access ledger has room for it."""
    return base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
