"""Forms of incidents."""

from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]


class IncidentComment(msgspec.Struct, frozen=True):
    """What someone found out about an incident."""

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
