"""What the home page shows of someone's own tickets."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice
from lmhg_portal.features.tickets import repository

SHOWN = 5


class Own(NamedTuple):
    """What concerns someone of their tickets, answered ones first, and how many are not done."""

    tickets: Sequence[Any]
    total: int


async def own_tickets(tx: ReadSession, person: uuid.UUID, _practice: Practice) -> Own:
    """The tickets of this person."""
    return Own(*await repository.own_tickets(tx, person, limit=SHOWN))
