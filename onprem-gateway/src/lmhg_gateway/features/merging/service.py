"""Use cases of merges: what one would do, do it, and undo it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from lmhg_gateway.features.clients.public import (
    Client,
    held_clients,
    held_pair,
    join,
    part_again,
    with_ids,
)
from lmhg_gateway.features.merging import repository
from lmhg_gateway.features.merging.forms import MergeForm
from lmhg_gateway.features.merging.models import ClientMerge
from lmhg_gateway.features.merging.rules import (
    FIELDS,
    TEXTS,
    Fields,
    Later,
    Undone,
    Value,
    changed,
    joined,
    undone,
)
from lmhg_gateway.web.points import MergeRows
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

RECORDS = "client"
"""The kind under which a merge remembers the records that were merged into its other one before."""


class Going(NamedTuple):
    """How many rows of one feature go along, or stay and are shown with the record that goes on."""

    noun: str
    rows: int
    is_moved: bool


class Preview(NamedTuple):
    """What a merge would do."""

    survivor: Client
    other: Client
    going: list[Going]


def values_of(client: Client) -> dict[str, Value]:
    """The fields of a record that a merge looks at."""
    return {name: getattr(client, name) for name in FIELDS}


async def preview(
    tx: ReadSession, survivor_id: uuid.UUID, other_id: uuid.UUID, *, rows: Sequence[MergeRows]
) -> Preview:
    """Both records, and all that would move. Raises: NotFound, Conflict."""
    found = {each.id: each for each in await with_ids(tx, [survivor_id, other_id])}
    if len(found) < 2:
        raise NotFound("client")
    survivor, other = found[survivor_id], found[other_id]
    if survivor.merged_into or other.merged_into:
        raise Conflict("client_merged")
    going = [
        Going(each.noun, len(await each.of_client(tx, other_id)), each.move is not None)
        for each in rows
    ]
    return Preview(survivor, other, [each for each in going if each.rows and each.noun])


async def merge(
    tx: WriteSession,
    survivor_id: uuid.UUID,
    other_id: uuid.UUID,
    form: MergeForm,
    *,
    rows: Sequence[MergeRows],
    by: str,
    at: datetime,
) -> ClientMerge:
    """Make one record of two, and remember all that it changes. Raises: NotFound, Conflict."""
    pair = await held_pair(tx, survivor_id, other_id)
    seen = (form.survivor_version, form.other_version)
    if seen != (pair.survivor.version, pair.other.version):
        raise Conflict("client_changed")
    before = values_of(pair.survivor)
    of_other = frozenset(name for name in TEXTS if getattr(form, name) == "other")
    fields = changed(before, joined(before, values_of(pair.other), of_other=of_other))
    made = ClientMerge(survivor_id=survivor_id, merged_id=other_id, merged_by=by, merged_at=at)
    made.fields = _encoded(fields)
    await repository.add(tx, made)
    for each in rows:
        if each.move is not None:
            ids = await each.of_client(tx, other_id)
            moved = await each.move(tx, ids, other_id, survivor_id)
            await repository.add_rows(tx, made.id, each.kind, moved)
    inside = await join(tx, pair, {name: after for name, (_, after) in fields.items()})
    await repository.add_rows(tx, made.id, RECORDS, inside)
    return made


async def undo(
    tx: WriteSession,
    merge_id: uuid.UUID,
    *,
    rows: Sequence[MergeRows],
    by: str,
    at: datetime,
) -> ClientMerge:
    """Make two records of one again; what was changed or added since stays. Raises: NotFound, Conflict."""
    found = await repository.by_id(tx, merge_id)
    if found is None:
        raise NotFound("client_merge")
    held = await held_clients(tx, [found.survivor_id, found.merged_id])
    made = await repository.locked(tx, merge_id)
    if made is None or made.undone_at is not None:
        raise Conflict("merge_undone")
    survivor, other = held[made.survivor_id], held[made.merged_id]
    if survivor.merged_into is not None:
        raise Conflict("merge_inside")
    what, others = await _what_returns(tx, made, survivor)
    for each, fields in zip(others, what.others, strict=True):
        if fields_of(each) != fields:
            each.fields = _encoded(fields)
    made.undone_by, made.undone_at, made.stayed = by, at, list(what.stayed)
    await tx.flush()
    moved = await repository.rows_of(tx, merge_id)
    inside = moved.get(RECORDS, [])
    await part_again(tx, survivor, other, values=what.values, before=inside)
    for each in rows:
        if each.move is not None and moved.get(each.kind):
            await each.move(tx, moved[each.kind], survivor.id, other.id)
    return made


async def _what_returns(
    tx: WriteSession, made: ClientMerge, survivor: Client
) -> tuple[Undone, list[ClientMerge]]:
    """What an undo does to the fields, with the other merges into the record."""
    others = [each for each in await repository.holding(tx, survivor.id) if each.id != made.id]
    said = {each.id: each for each in await with_ids(tx, [each.merged_id for each in others])}
    later = [
        Later(fields_of(each), values_of(said[each.merged_id]), is_after=_is_after(each, made))
        for each in others
    ]
    return undone(fields_of(made), values_of(survivor), later), others


def _is_after(one: ClientMerge, other: ClientMerge) -> bool:
    return (one.merged_at, one.id) > (other.merged_at, other.id)


def would_stay(made: ClientMerge, survivor: Client) -> list[str]:
    """Fields that were changed since the merge, and would stay if it were undone now."""
    now = values_of(survivor)
    return [name for name, (_, after) in fields_of(made).items() if now[name] != after]


def fields_of(made: ClientMerge) -> Fields:
    """The fields that a merge changed."""
    return msgspec.json.decode(made.fields or "{}", type=dict[str, tuple[Any, Any]])


def _encoded(fields: Mapping[str, tuple[Value, Value]]) -> str:
    return msgspec.json.encode(fields).decode()
