"""The form of a decision about someone with nothing booked."""

from datetime import date
from typing import Annotated

import msgspec

from lmhg_gateway.features.recalls.models import NOTE_MAX
from lmhg_gateway.features.recalls.rules import Outcome, Reason


class DecideForm(msgspec.Struct, frozen=True, kw_only=True):
    """When to ask a client again, or not at all, and why they have nothing booked."""

    outcome: Outcome
    month: date | None = None
    """Any day of the month in which to ask again."""
    reason: Reason
    note: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)] = ""


class SeenForm(msgspec.Struct, frozen=True, kw_only=True):
    """The version of the work list's row that the person saw; 0 asks for no comparison."""

    seen: Annotated[int, msgspec.Meta(ge=0)] = 0
