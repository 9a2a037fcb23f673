"""A reason that someone gives for what they decide."""

from typing import Annotated

import msgspec

Reason = Annotated[str, msgspec.Meta(min_length=3, max_length=1000)]


class WithReason(msgspec.Struct, frozen=True):
    """Why something is taken back, or put back."""

    reason: Reason
