"""What is typed about decisions."""

from enum import StrEnum
from typing import Annotated

import msgspec

REASON_SHORT = "Say why, in at least 10 characters. The second person reads it."


class Verdict(StrEnum):
    """What someone says to a request."""

    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"


class VerdictForm(msgspec.Struct, frozen=True):
    """What the second person says, or the asker who takes it back."""

    verdict: Verdict


class SeenForm(msgspec.Struct, frozen=True):
    """Up to which moment the notices were shown."""

    until: Annotated[str, msgspec.Meta(min_length=20, max_length=40)]
