"""Forms of compliance."""

from typing import Annotated, Literal

import msgspec

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=1000)]
Text = Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]


class HeldDecision(msgspec.Struct, frozen=True):
    """What becomes of a held record, and why."""

    outcome: Literal["cleared", "kept"]
    reason: Reason


class RequestDecision(msgspec.Struct, frozen=True):
    """What a second person says to a request, about the version that they read."""

    outcome: Literal["approved", "declined"]
    reason: Reason
    version: int


class StandingRequest(msgspec.Struct, frozen=True):
    """Which kind shall be shared by itself again, and why."""

    kind: Annotated[str, msgspec.Meta(max_length=40)]
    reason: Reason


class WithReason(msgspec.Struct, frozen=True):
    """Why something is taken back, or put back."""

    reason: Reason


class IncidentComment(msgspec.Struct, frozen=True):
    """What somebody found out about an incident."""

    said: Text


class IncidentAssign(msgspec.Struct, frozen=True):
    """Who looks after an incident."""

    assignee: Annotated[str, msgspec.Meta(max_length=80)]


class IncidentResolve(msgspec.Struct, frozen=True):
    """Why an incident happened, and what was done."""

    cause: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    note: Text


class OpenIncident(msgspec.Struct, frozen=True):
    """Something that an officer noticed."""

    said: Text
