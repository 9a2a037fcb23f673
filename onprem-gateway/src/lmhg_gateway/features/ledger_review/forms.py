"""Forms of ledger review."""

from typing import Annotated, Literal

import msgspec


class KeepView(msgspec.Struct, frozen=True):
    """A name for the filter that is on the page, and the filter as the address carries it."""

    name: Annotated[
        str,
        msgspec.Meta(
            min_length=2, max_length=60, extra={"say": "Give it a name of 2 to 60 letters."}
        ),
    ]
    page: Literal["ledger", "access"]
    query: Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


class AskCheck(msgspec.Struct, frozen=True):
    """Which ledger to verify."""

    ledger: Literal["relay", "access"] = "relay"
