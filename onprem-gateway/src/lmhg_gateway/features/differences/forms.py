"""Forms of differences."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec


class AllAlike(msgspec.Struct, frozen=True, kw_only=True):
    """All differences of one field for which the rule suggests the same, as someone saw them."""

    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    field: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    suggests: Literal["theirs", "ours"]
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    """How many were shown."""
    newest: Annotated[datetime, msgspec.Meta(tz=True)]
    """When the newest that was shown was found."""
