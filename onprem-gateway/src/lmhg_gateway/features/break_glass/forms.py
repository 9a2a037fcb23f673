"""Forms of break-glass."""

from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.break_glass.rules import Minutes


class OpenForm(msgspec.Struct, frozen=True):
    """Why someone needs to see clients now, and for how long."""

    reason: Annotated[str, msgspec.Meta(min_length=15, max_length=1000)]
    minutes: Minutes = 15


class ReviewForm(msgspec.Struct, frozen=True):
    """What the officer makes of it."""

    outcome: Literal["justified", "incident"]
