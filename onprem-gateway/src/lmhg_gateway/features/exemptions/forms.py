"""Forms of exemptions."""

from typing import Annotated, Literal

import msgspec

from lmhg_gateway.web.reasons import Reason


class RequestDecision(msgspec.Struct, frozen=True):
    """What a second person says to a request, about the version that they read."""

    outcome: Literal["approved", "declined"]
    reason: Reason
    version: int


class StandingRequest(msgspec.Struct, frozen=True):
    """Which kind shall be shared by itself again, and why."""

    kind: Annotated[str, msgspec.Meta(max_length=40)]
    reason: Reason
