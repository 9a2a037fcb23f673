"""Forms of held records."""

from typing import Literal

import msgspec

from lmhg_gateway.web.reasons import Reason


class HeldDecision(msgspec.Struct, frozen=True):
    """What becomes of a held record, and why."""

    outcome: Literal["cleared", "kept"]
    reason: Reason
