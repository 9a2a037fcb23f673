"""What other features may ask of screening: why a rule holds a record, and its rules about clients."""

import uuid

from lmhg_gateway.features.screening import repository
from lmhg_gateway.features.screening.people import person_of
from lmhg_gateway.features.screening.rules import BEFORE, ClientIndex, Hit, Person, hits
from lmhg_kit.persistence import ReadSession

__all__ = [
    "BEFORE",
    "ClientIndex",
    "Hit",
    "Person",
    "allowed_terms",
    "hits",
    "person_of",
]


async def allowed_terms(tx: ReadSession) -> dict[uuid.UUID, str]:
    """Words and phrases that two officers allowed, by the id of their decision."""
    found = await repository.with_ids(tx, await repository.allowed_ids(tx))
    return {each.id: each.term or "" for each in found}
