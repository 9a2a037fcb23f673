"""What the first page says of someone's own tickets."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice
from lmhg_portal.features.tickets.service import open_tickets_of

SHOWN = 5


class Own(NamedTuple):
    """The newest open tickets of someone, and how many there are."""

    tickets: Sequence[Any]
    total: int


async def own_tickets(tx: ReadSession, person: uuid.UUID, _practice: Practice) -> Own:
    """The open tickets of this person."""
    return Own(*await open_tickets_of(tx, person, limit=SHOWN))
