"""Changes in IntakeQ as pages show them."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.features.staff.public import who_words
from lmhg_gateway.features.write_back.models import IntakeqChange

PATH = "/intake/changes"
ACT_WORDS: Mapping[str, str] = {
    "client": "Send the client's details",
    "book": "Book an appointment",
    "move": "Move an appointment",
    "cancel": "Cancel an appointment",
}
STATE_WORDS: Mapping[str, tuple[str, str]] = {
    "waiting": ("Waiting", ""),
    "done": ("Done", "ok"),
    "held": ("Not done", "bad"),
    "taken_back": ("Taken back", ""),
}
HELD_WORDS: Mapping[str, str] = {
    "gone": "IntakeQ does not have it any more",
    "refused": "IntakeQ did not accept it",
    "clinician_unknown": "IntakeQ does not know this clinician",
    "service_unknown": "IntakeQ has no service of this name",
    "place_unknown": "IntakeQ has no location to book",
    "time_missing": "no time was given",
    "client_not_there": "the client is not in IntakeQ yet: send their details first",
    "appointment_not_there": "the appointment is not in IntakeQ any more",
}
TRIED = "IntakeQ did not answer each time it was tried"
NAMELESS = "(no name on file)"


@dataclass(frozen=True)
class ChangeRow:
    """One change in words."""

    id: uuid.UUID
    client_id: uuid.UUID
    client: str
    what: str
    state: str
    said: str
    tone: str
    why: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    can_take_back: bool
    is_stopped: bool


def rows(
    found: Iterable[IntakeqChange], names: Mapping[uuid.UUID, str], staff: Mapping[str, str]
) -> list[ChangeRow]:
    """Changes with their clients' names."""
    return [row(each, names, staff) for each in found]


def row(each: IntakeqChange, names: Mapping[uuid.UUID, str], staff: Mapping[str, str]) -> ChangeRow:
    """One change."""
    said, tone = STATE_WORDS[each.state]
    why = HELD_WORDS.get(each.code or "", TRIED) if each.state == "held" else ""
    return ChangeRow(
        id=each.id,
        client_id=each.client_id,
        client=names.get(each.client_id, NAMELESS),
        what=ACT_WORDS[each.act],
        state=each.state,
        said=said,
        tone=tone,
        why=f"{why[0].upper()}{why[1:]}." if why else "",
        asked_by=who_words(each.asked_by, staff),
        asked_at=each.asked_at,
        done_at=each.done_at,
        can_take_back=each.state == "waiting" and each.unwanted_at is None,
        is_stopped=each.state == "waiting" and each.unwanted_at is not None,
    )
