"""Forms of differences."""

from typing import Annotated, Literal

import msgspec


class AllAlike(msgspec.Struct, frozen=True, kw_only=True):
    """All differences of one field for which the rule suggests the same."""

    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    field: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    suggests: Literal["theirs", "ours"]
