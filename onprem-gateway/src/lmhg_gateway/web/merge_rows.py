"""Rows that name their client in a column: how a merge finds, moves and moves back those of one client."""

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from sqlalchemy import Table, select, update
from sqlalchemy.orm import InstrumentedAttribute

from lmhg_gateway.web.points import MergeRows
from lmhg_kit.persistence import ReadSession, WriteSession


async def move_rows(
    column: InstrumentedAttribute[Any],
    tx: WriteSession,
    ids: Sequence[uuid.UUID],
    from_id: uuid.UUID,
    to_id: uuid.UUID,
) -> Sequence[uuid.UUID]:
    """Name another client in these rows, where they still name the first: the ids of those."""
    table = cast("Table", column.class_.__table__)
    whose = table.c[column.key]
    some = (table.c.id.in_(ids), whose == from_id)
    moved: Any = update(table).where(*some).values({whose: to_id}).returning(table.c.id)
    return (await tx.scalars(moved)).all() if ids else []


def rows_by(column: InstrumentedAttribute[Any], *, noun: str) -> MergeRows:
    """The rows of a table that name their client in this column."""
    table = cast("Table", column.class_.__table__)

    async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[uuid.UUID]:
        query: Any = select(table.c.id).where(table.c[column.key] == client_id)
        return (await tx.scalars(query)).all()

    return MergeRows(
        kind=table.name, noun=noun, of_client=of_client, move=partial(move_rows, column)
    )
