"""The weekly packet, purely: which week, when due, which questions, and what a signature covers."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from lmhg_gateway.web.points import PacketLine

DUE_DAYS = 2
DUE_AT = time(17)
VERDICTS = ("ok", "question", "incident")
COMMENT_MIN, COMMENT_MAX = 3, 1000
CHECK_PATIENCE = timedelta(hours=2)
"""How long a packet waits on Monday for the ledgers to be verified."""
LEDGERS = ("relay", "access")


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


def needs_a_look(line: PacketLine | None, facts: Mapping[str, Any]) -> bool:
    """Whether the counts themselves ask for more than a glance."""
    return line is not None and any(facts.get(name) for name in line.watched)


def in_order(lines: Iterable[PacketLine]) -> Mapping[str, PacketLine]:
    """The questions by code, in the order in which a packet asks."""
    return {each.code: each for each in sorted(lines, key=lambda each: each.order)}


def check_judgement(verdict: str, comment: str) -> str:
    """What is wrong with one line's judgement, in a sentence; nothing when it is fine."""
    if verdict not in VERDICTS:
        return "Choose OK, question or incident."
    if len(comment) > COMMENT_MAX:
        return f"Write at most {COMMENT_MAX} characters."
    if verdict != "ok" and len(comment) < COMMENT_MIN:
        return "Describe the question or the incident."
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
