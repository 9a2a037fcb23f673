"""Records that may be of one person: found by tokens, so that only those are opened."""

import uuid
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.alike_keys import asked_tokens
from lmhg_gateway.features.clients.directory import blind_index, traits_of
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.web.points import Traits
from lmhg_kit.persistence import ReadSession, WriteSession

CANDIDATES_MAX = 30
"""Records that are opened to find who someone may be: those that share most tokens."""


class Records(NamedTuple):
    """A client with the records that were merged into theirs."""

    client: Client
    merged: tuple[Client, ...]

    @property
    def ids(self) -> tuple[uuid.UUID, ...]:
        """The ids of all of them, the one that goes on first."""
        return (self.client.id, *(each.id for each in self.merged))

    @property
    def traits(self) -> list[Traits]:
        """What each of them says of the person."""
        return [traits_of(each) for each in (self.client, *self.merged)]


async def records_of(tx: ReadSession, ids: Iterable[uuid.UUID]) -> list[Records]:
    """These clients, in no order, with what was merged into them. Reading them is audited."""
    wanted = set(ids)
    found = await repository.records_of(tx, wanted) if wanted else []
    return [
        Records(each, tuple(other for other in found if other.merged_into == each.id))
        for each in found
        if each.id in wanted and each.merged_into is None
    ]


async def candidates(
    tx: ReadSession, traits: Sequence[Traits], *, but: Iterable[uuid.UUID] = ()
) -> list[Records]:
    """Clients who may be the person of whom this is said, but for some; at most `CANDIDATES_MAX`."""
    index = blind_index()
    tokens = {token for each in traits for token in asked_tokens(each, index)}
    if not tokens:
        return []
    return await records_of(tx, await repository.sharing(tx, tokens, but=but, limit=CANDIDATES_MAX))


async def to_check(tx: WriteSession, *, limit: int) -> Sequence[uuid.UUID]:
    """Clients of whom something changed that they are found by, held until this unit ends."""
    return await repository.to_check(tx, limit=limit)


async def mark_checked(tx: WriteSession, ids: Sequence[uuid.UUID]) -> None:
    """Remember that someone looked who else these clients may be."""
    await repository.mark_checked(tx, ids)
