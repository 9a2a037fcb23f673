"""Forms of screening."""

from typing import Annotated

import msgspec


class AllowForm(msgspec.Struct, frozen=True):
    """A word or a phrase that screening should not take for a client's name, and why."""

    term: Annotated[str, msgspec.Meta(min_length=2, max_length=120)]
    reason: Annotated[str, msgspec.Meta(min_length=10, max_length=500)]
