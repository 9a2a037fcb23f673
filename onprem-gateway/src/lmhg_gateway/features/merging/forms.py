"""Forms of merges."""

from typing import Annotated, Literal

import msgspec

Whose = Literal["survivor", "other"]


class MergeForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which value is kept of each field, by someone who saw both records at these versions."""

    survivor_version: int
    other_version: int
    legal_name: Whose = "survivor"
    name_used: Whose = "survivor"
    pronouns: Whose = "survivor"
    birth_date: Whose = "survivor"
    mobile: Whose = "survivor"
    phone: Whose = "survivor"
    email: Whose = "survivor"
    address: Whose = "survivor"
    guardian: Whose = "survivor"
    payer: Whose = "survivor"
    language: Whose = "survivor"
    from_queue: bool = False


class FindOther(msgspec.Struct, frozen=True):
    """What the other record is found by."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
