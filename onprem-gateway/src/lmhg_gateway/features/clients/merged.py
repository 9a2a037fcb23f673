"""Two records that become one, and part again: what that does to the client's own row."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.directory import reindex
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.rules import check_goes_on
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import ReadSession, WriteSession


class Pair(NamedTuple):
    """The record that goes on, and the one that is merged into it."""

    survivor: Client
    other: Client


async def held_clients(tx: WriteSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Client]:
    """These records, held until this unit of work ends: always in one order. Raises: NotFound."""
    held: dict[uuid.UUID, Client] = {}
    for each in sorted(set(ids)):
        found = await repository.locked(tx, each)
        if found is None:
            raise NotFound("client")
        held[each] = found
    return held


async def held_pair(tx: WriteSession, survivor_id: uuid.UUID, other_id: uuid.UUID) -> Pair:
    """Two records that go on, held until this unit of work ends. Raises: NotFound, Conflict."""
    if survivor_id == other_id:
        raise NotFound("client")
    held = await held_clients(tx, [survivor_id, other_id])
    survivor, other = held[survivor_id], held[other_id]
    check_goes_on(survivor.merged_into)
    check_goes_on(other.merged_into)
    return Pair(survivor, other)


async def join(tx: WriteSession, pair: Pair, values: Mapping[str, object]) -> Sequence[uuid.UUID]:
    """Let the first record go on for both, with these values; what was merged into the other before."""
    survivor, other = pair
    before = [each.id for each in await repository.merged_into(tx, [other.id])]
    await repository.point(tx, before, from_id=other.id, to_id=survivor.id)
    for name, value in values.items():
        setattr(survivor, name, value)
    other.merged_into = survivor.id
    await reindex(tx, other)
    await reindex(tx, survivor)
    return before


async def part_again(
    tx: WriteSession,
    survivor: Client,
    other: Client,
    *,
    values: Mapping[str, object],
    before: Sequence[uuid.UUID],
) -> None:
    """Let both records go on by themselves; these values return, and what was merged into the other."""
    other.merged_into = None
    for name, value in values.items():
        setattr(survivor, name, value)
    await tx.flush()
    await repository.point(tx, before, from_id=survivor.id, to_id=other.id)
    await reindex(tx, other)
    await reindex(tx, survivor)


async def record_ids(tx: ReadSession, client_id: uuid.UUID) -> list[uuid.UUID]:
    """A client's id, and those of the records that were merged into theirs."""
    return [client_id, *await repository.ids_merged_into(tx, client_id)]
