"""Merges for programs: what one would move, do it, look at it, and undo it."""

import uuid
from datetime import datetime
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.merging import repository, service
from lmhg_gateway.features.merging.forms import MergeForm
from lmhg_gateway.features.merging.models import ClientMerge
from lmhg_gateway.features.merging.pages import merge_rows
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession


class GoingOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of one sort a merge is about, and whether they move."""

    noun: str
    count: int
    is_moved: bool


class PreviewOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge would be about, and the versions to send with it."""

    survivor_id: uuid.UUID
    survivor_version: int
    other_id: uuid.UUID
    other_version: int
    going: list[GoingOut]


class MergeOut(msgspec.Struct, frozen=True, kw_only=True):
    """One merge: the fields that it changed by name, and how many rows it moved by table."""

    id: uuid.UUID
    survivor_id: uuid.UUID
    merged_id: uuid.UUID
    merged_at: datetime
    undone_at: datetime | None
    fields: list[str]
    stayed: list[str]
    moved: dict[str, int]


async def _out(tx: ReadSession, made: ClientMerge) -> MergeOut:
    moved = await repository.rows_of(tx, made.id)
    return MergeOut(
        id=made.id,
        survivor_id=made.survivor_id,
        merged_id=made.merged_id,
        merged_at=made.merged_at,
        undone_at=made.undone_at,
        fields=sorted(service.fields_of(made)),
        stayed=list(made.stayed),
        moved={kind: len(ids) for kind, ids in moved.items()},
    )


@answers(
    "/api/v1/clients/{client_id:uuid}/merge/{other_id:uuid}",
    "clients.merge",
    purpose="client.merge",
    tag="clients",
)
async def preview_merge(
    tx: ReadSession, ask: Ask[Any], client_id: FromPath[uuid.UUID], other_id: FromPath[uuid.UUID]
) -> PreviewOut:
    """What a merge of the second record into the first would move; nothing is done."""
    found = await service.preview(tx, client_id, other_id, rows=merge_rows(ask.request))
    return PreviewOut(
        survivor_id=client_id,
        survivor_version=found.survivor.version,
        other_id=other_id,
        other_version=found.other.version,
        going=[
            GoingOut(noun=each.noun, count=each.rows, is_moved=each.is_moved)
            for each in found.going
        ],
    )


@does(
    "/api/v1/clients/{client_id:uuid}/merge/{other_id:uuid}",
    "clients.merge",
    purpose="client.merge",
    tag="clients",
    status=201,
)
async def merge_clients(
    tx: WriteSession,
    ask: Ask[Any],
    client_id: FromPath[uuid.UUID],
    other_id: FromPath[uuid.UUID],
    data: JSONBody[MergeForm],
) -> MergeOut:
    """Merge the second record into the first, from the versions that were seen."""
    made = await service.merge(
        tx, client_id, other_id, data, rows=merge_rows(ask.request), by=ask.by, at=ask.at
    )
    await tx.flush()
    return await _out(tx, made)


@answers(
    "/api/v1/clients/merges/{merge_id:uuid}",
    "clients.merge",
    purpose="client.merge_view",
    tag="clients",
)
async def read_merge(tx: ReadSession, _ask: Ask[Any], merge_id: FromPath[uuid.UUID]) -> MergeOut:
    """One merge."""
    made = await repository.by_id(tx, merge_id)
    if made is None:
        raise NotFound("client_merge")
    return await _out(tx, made)


@does(
    "/api/v1/clients/merges/{merge_id:uuid}/undo",
    "clients.merge",
    purpose="client.merge_undo",
    tag="clients",
)
async def undo_merge(tx: WriteSession, ask: Ask[Any], merge_id: FromPath[uuid.UUID]) -> MergeOut:
    """Make two records of one again; `stayed` names the fields that were changed since."""
    made = await service.undo(tx, merge_id, rows=merge_rows(ask.request), by=ask.by, at=ask.at)
    await tx.flush()
    return await _out(tx, made)


HANDLERS = (preview_merge, merge_clients, read_merge, undo_merge)
