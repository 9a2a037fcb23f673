"""Forms of changes in IntakeQ."""

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from lmhg_kit.practice import Practice

ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Service = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(max_length=200)]


class BookForm(msgspec.Struct, frozen=True, kw_only=True):
    """An appointment to book, in the practice's time."""

    on: date
    at: ClockTime
    clinician_id: uuid.UUID
    service: Service


class MoveForm(msgspec.Struct, frozen=True, kw_only=True):
    """When an appointment is to be, in the practice's time."""

    on: date
    at: ClockTime


class CancelForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why an appointment is called off; IntakeQ keeps it."""

    reason: Reason = ""


class ChangeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One change for programs: what to do with which client or appointment."""

    act: Literal["client", "book", "move", "cancel"]
    subject_id: uuid.UUID
    start: datetime | None = None
    clinician_id: uuid.UUID | None = None
    service: Annotated[str, msgspec.Meta(max_length=200)] = ""
    reason: Reason = ""


def moment(on: date, at: str, practice: Practice) -> datetime:
    """A day and a time of the practice as a moment."""
    hour, _, minute = at.partition(":")
    return datetime(on.year, on.month, on.day, int(hour), int(minute), tzinfo=practice.zone)
