"""What other features may ask of tickets."""

import uuid
from collections.abc import Sequence

from lmhg_kit.persistence import ReadSession
from lmhg_portal.features.tickets import repository
from lmhg_portal.features.tickets.models import Ticket


async def open_tickets_of(
    tx: ReadSession, person: uuid.UUID, *, limit: int
) -> tuple[Sequence[Ticket], int]:
    """One person's newest tickets that are not done, and how many there are in all."""
    found = await repository.list_tickets(tx, own=person, state="active", words="", page=1)
    return found[:limit], await repository.count_open(tx, person)
