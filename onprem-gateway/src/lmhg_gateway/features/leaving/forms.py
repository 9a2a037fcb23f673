"""Forms of exports of everything."""

from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.leaving.models import TEXT_MAX


class AskForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets everything, and why."""

    recipient: Annotated[
        str, msgspec.Meta(min_length=3, max_length=TEXT_MAX, extra={"say": "Write who gets it."})
    ]
    why: Annotated[
        str,
        msgspec.Meta(
            min_length=10, max_length=TEXT_MAX, extra={"say": "Write why, in ten letters or more."}
        ),
    ]


class VerdictForm(msgspec.Struct, frozen=True, kw_only=True):
    """What someone decides."""

    verdict: Literal["declined", "dropped"]
