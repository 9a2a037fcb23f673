"""What a webhook says: an event, its object's id, and the documented key that dedupes it.

The body is a hint: nothing of it is stored as a record. Pure functions, no I/O. A body that speaks
of nothing we follow is refused; one that does and cannot be used is held for a person.
"""

import re
from datetime import timedelta
from typing import Any, Literal

import msgspec

from lmhg_gateway.features.deliveries.priorities import Priority
from lmhg_gateway.kernel.outside_json import Unreadable, read_object

Subject = Literal["intake", "appointment", "note"]

HEAD_START: dict[Subject, timedelta] = {
    "appointment": timedelta(hours=6),
    "intake": timedelta(hours=3),
    "note": timedelta(0),
}
"""How much earlier an event counts as received: what is urgent goes first and nothing starves."""

PRIORITY: dict[Subject, Priority] = {
    "intake": Priority.RISK,
    "appointment": Priority.WEBHOOK,
    "note": Priority.WEBHOOK,
}
"""The class of the calls that an event needs: what is on a form may not be able to wait."""

OBJECT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
CLIENT_NUMBER = re.compile(r"[0-9]{1,18}")
KEY_PART_MAX = 64


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event. `key` None means that a repetition cannot be told from a new one."""

    subject: Subject
    object_id: str
    name: str
    key: str | None


class EventRefused(ValueError):
    """A body that is no event we follow. `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class EventHeld(EventRefused):
    """A body that should be an event of ours and cannot be used: a person looks at it."""


def parse(body: bytes) -> Event:
    """The event in a webhook body. Raises: EventRefused, EventHeld."""
    try:
        raw = read_object(body)
    except Unreadable as unreadable:
        raise EventHeld(unreadable.code) from None
    if raw.get("Type") == "Intake Submitted":
        found = _object_id(raw.get("IntakeId"))
        # A form that is sent again has the same id: fetch and compare instead.
        return Event(subject="intake", object_id=found, name="submitted", key=None)
    if raw.get("Type") == "Note Locked":
        # A re-lock is identical to the first lock: fetch and compare instead.
        found = _object_id(raw.get("NoteId"))
        return Event(subject="note", object_id=found, name="locked", key=None)
    if isinstance(raw.get("Appointment"), dict) and _part(raw.get("EventType")).startswith(
        "Appointment"
    ):
        return _appointment(raw)
    raise EventRefused("unknown_event")


def _appointment(raw: dict[str, Any]) -> Event:
    held: dict[str, Any] = raw["Appointment"]
    found = _object_id(held.get("Id"))
    name = _part(raw["EventType"]).removeprefix("Appointment").casefold()
    changed = _part(held.get("LastModified")) or (
        f"{_part(held.get('StartDate'))}+{_part(held.get('Status'))}"
    )
    key = f"appointment|{name}|{found}|{changed}"
    return Event(subject="appointment", object_id=found, name=name, key=key)


def _object_id(value: object) -> str:
    """An id of IntakeQ's, by its shape. Raises: EventHeld."""
    if value is None or value == "":
        raise EventHeld("object_id_missing")
    text = str(value) if type(value) in {str, int} else ""
    if not OBJECT_ID.fullmatch(text):
        raise EventHeld("object_id_odd")
    return text


def _part(value: object) -> str:
    """A plain value as part of a key; anything else, or a long text, as nothing."""
    text = str(value) if isinstance(value, str | int | float) else ""
    return text if len(text) <= KEY_PART_MAX else ""
