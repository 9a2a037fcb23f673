"""Forms of compliance."""

from typing import Annotated, Literal

import msgspec


class HeldDecision(msgspec.Struct, frozen=True):
    """What becomes of a held record."""

    outcome: Literal["cleared", "kept"]


class CloseIncident(msgspec.Struct, frozen=True):
    """Why an incident needs no more work."""

    note: Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]
