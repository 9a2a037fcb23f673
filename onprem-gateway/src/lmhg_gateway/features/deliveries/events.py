"""What a webhook says: an event, its object's id, and the documented key that dedupes it.

The body is a hint: nothing of it is stored as a record. Pure functions, no I/O.
"""

from typing import Any, Literal

import msgspec

Subject = Literal["intake", "appointment", "note"]

PRIORITY: dict[Subject, int] = {"appointment": 30, "intake": 20, "note": 10}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event. `key` None means that a repetition cannot be told from a new one."""

    subject: Subject
    object_id: str
    name: str
    key: str | None


class EventRefused(ValueError):
    """A body that is no event we know. `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(body: bytes) -> Event:
    """The event in a webhook body. Raises: EventRefused."""
    try:
        raw = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        raise EventRefused("not_json") from None
    if raw.get("Type") == "Intake Submitted" and raw.get("IntakeId"):
        found = str(raw["IntakeId"])
        return Event(subject="intake", object_id=found, name="submitted", key=f"intake|{found}")
    if raw.get("Type") == "Note Locked" and raw.get("NoteId"):
        # A re-lock is identical to the first lock: fetch and compare instead.
        return Event(subject="note", object_id=str(raw["NoteId"]), name="locked", key=None)
    if isinstance(raw.get("Appointment"), dict) and str(raw.get("EventType", "")).startswith(
        "Appointment"
    ):
        return _appointment(raw)
    raise EventRefused("unknown_event")


def _appointment(raw: dict[str, Any]) -> Event:
    held: dict[str, Any] = raw["Appointment"]
    if not held.get("Id"):
        raise EventRefused("object_id_missing")
    found, name = str(held["Id"]), str(raw["EventType"]).removeprefix("Appointment").casefold()
    changed = held.get("LastModified") or f"{held.get('StartDate')}+{held.get('Status')}"
    key = f"appointment|{name}|{found}|{changed}"
    return Event(subject="appointment", object_id=found, name=name, key=key)
