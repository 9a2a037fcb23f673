"""What is to become of one row: decided from the row and what is on record, and nothing written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lmhg_gateway.features.clients.public import (
    Client,
    blind_index,
    saved_values,
    typed_traits,
    with_ids,
)
from lmhg_gateway.features.duplicates.public import find
from lmhg_gateway.features.imports import repository
from lmhg_gateway.features.imports.models import ClientImport, ImportRow
from lmhg_gateway.features.imports.rules import Fate, Row, RowRefused, differences, row_of
from lmhg_kit.persistence import ReadSession


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One row's fate, the record that it is about, and what would change there."""

    fate: Fate
    why: str = ""
    client: Client | None = None
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    row: Row = field(default_factory=Row)
    token: bytes | None = None


async def decide(
    tx: ReadSession, made: ClientImport, kept: ImportRow, *, columns: Sequence[str], today: date
) -> Decision:
    """The one fate of a row. The check and the run both ask here, so that they agree."""
    if kept.cells is None:
        return Decision(fate=Fate.FAILED, why="row_long")
    cells: list[str] = json.loads(kept.cells)
    if not any(cells):
        return Decision(fate=Fate.SKIPPED, why="empty")
    try:
        row = row_of(cells, columns, today=today)
        if row.record:
            return await _of_record(tx, made, kept, row)
        return await _of_person(tx, made, kept, row)
    except RowRefused as refused:
        return Decision(fate=Fate.FAILED, why=refused.code)


async def _of_record(tx: ReadSession, made: ClientImport, kept: ImportRow, row: Row) -> Decision:
    """A row that names a record of ours."""
    found = await with_ids(tx, [row.record] if row.record else [])
    if not found:
        raise RowRefused("record_unknown")
    client = found[0]
    if client.merged_into is not None:
        raise RowRefused("merged")
    decided = await _against(tx, made, kept, client, row, same="same")
    is_stale = row.version is not None and row.version != client.version
    if is_stale and decided.changes:
        return Decision(fate=Fate.SKIPPED, why="changed", client=client)
    return decided


async def _against(
    tx: ReadSession, made: ClientImport, kept: ImportRow, client: Client, row: Row, *, same: str
) -> Decision:
    if await repository.named_above(tx, kept, client.id):
        return Decision(fate=Fate.SKIPPED, why="twice", client=client)
    changes = differences(row, saved_values(client))
    if not changes:
        return Decision(fate=Fate.SKIPPED, why=same, client=client)
    if not made.may_update:
        return Decision(fate=Fate.SKIPPED, why="differs", client=client)
    if client.part2 and changes.get("part2") is False:
        raise RowRefused("part2")
    return Decision(fate=Fate.UPDATED, client=client, changes=changes, row=row)


async def _of_person(tx: ReadSession, made: ClientImport, kept: ImportRow, row: Row) -> Decision:
    """A row that says who someone is."""
    token = blind_index().token("import", row.key)
    if await repository.twin_above(tx, kept, token):
        return Decision(fate=Fate.SKIPPED, why="twice", token=token)
    earlier = await repository.imported_as(tx, kept, token)
    if earlier:
        client = (await with_ids(tx, [earlier]))[0]
        if client.merged_into is not None:
            return Decision(fate=Fate.SKIPPED, why="imported", token=token)
        decided = await _against(tx, made, kept, client, row, same="imported")
        return Decision(
            fate=decided.fate, why=decided.why, client=client, changes=decided.changes, row=row, token=token
        )  # fmt: skip
    alike = await find(tx, [typed_traits(row.values)])
    known = next((each.records.client for each in alike if each.likeness.is_certain), None)
    if known is not None:
        return Decision(fate=Fate.SKIPPED, why="known", client=known, row=row, token=token)
    return Decision(fate=Fate.CREATED, row=row, changes=dict(row.values), token=token)
