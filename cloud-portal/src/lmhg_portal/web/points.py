"""Where a feature of the portal adds to another: the type of a contribution is its point."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


class Area(Enum):
    """Where something is on the first page."""

    ACT = "act"
    STAT = "stat"
    CARD = "card"


async def nothing(_tx: ReadSession, _person: uuid.UUID, _practice: Practice) -> None:
    """For a part that shows no record."""


@dataclass(frozen=True, kw_only=True)
class HomePart:
    """What a feature shows on the first page; the template finds what `load` gives as `found`."""

    area: Area
    template: str
    order: int = 50
    load: Callable[[ReadSession, uuid.UUID, Practice], Awaitable[Any]] = nothing
