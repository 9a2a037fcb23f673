"""All SQL of merges."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert

from lmhg_gateway.features.merging.models import ClientMerge, ClientMergeRow
from lmhg_kit.persistence import ReadSession, WriteSession

SHOWN_MAX = 50
"""Merges of one client that a page shows."""


async def add(tx: WriteSession, merge: ClientMerge) -> None:
    """Keep a merge."""
    tx.add(merge)
    await tx.flush()


async def add_rows(
    tx: WriteSession, merge_id: uuid.UUID, kind: str, ids: Iterable[uuid.UUID]
) -> None:
    """Remember which rows of a table a merge moved."""
    rows = [{"merge_id": merge_id, "kind": kind, "row_id": each} for each in ids]
    if rows:
        await tx.execute(insert(ClientMergeRow), rows)


async def rows_of(tx: ReadSession, merge_id: uuid.UUID) -> Mapping[str, Sequence[uuid.UUID]]:
    """The rows that a merge moved, by the table's name."""
    query = select(ClientMergeRow.kind, ClientMergeRow.row_id)
    found = defaultdict[str, list[uuid.UUID]](list)
    for kind, row_id in await tx.execute(query.where(ClientMergeRow.merge_id == merge_id)):
        found[kind].append(row_id)
    return found


async def by_id(tx: ReadSession, merge_id: uuid.UUID) -> ClientMerge | None:
    """One merge."""
    return await tx.get(ClientMerge, merge_id)


async def locked(tx: WriteSession, merge_id: uuid.UUID) -> ClientMerge | None:
    """One merge, held until this unit of work ends."""
    query = select(ClientMerge).where(ClientMerge.id == merge_id).with_for_update()
    return await tx.scalar(query.execution_options(populate_existing=True))


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[ClientMerge]:
    """The merges of which a client was a part, newest first."""
    return (await tx.scalars(_OF_CLIENT, {"client_id": client_id})).all()


_WHO = bindparam("client_id")
_OF_CLIENT = (
    select(ClientMerge)
    .where(or_(ClientMerge.survivor_id == _WHO, ClientMerge.merged_id == _WHO))
    .order_by(ClientMerge.merged_at.desc())
    .limit(SHOWN_MAX)
)


async def holding(tx: WriteSession, survivor_id: uuid.UUID) -> Sequence[ClientMerge]:
    """The merges into a record that were not undone, oldest first."""
    query = select(ClientMerge).where(
        ClientMerge.survivor_id == survivor_id, ClientMerge.undone_at.is_(None)
    )
    ordered = query.order_by(ClientMerge.merged_at, ClientMerge.id)
    return (await tx.scalars(ordered.with_for_update())).all()
