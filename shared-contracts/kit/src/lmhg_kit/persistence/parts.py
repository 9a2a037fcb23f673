"""A part of a list and how many there are in all, in one trip to the database."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, func

from lmhg_kit.persistence.session import ReadSession

T = TypeVar("T")


async def part_of(
    tx: ReadSession, query: "Select[T]", *, first: int, size: int
) -> tuple[Sequence[T], int]:
    """Some rows of a query that gives one thing a row, and how many it gives in all.

    The count comes with each row. A part behind the last row has none, so it is counted then.
    """
    counted: Any = (
        query.with_only_columns(func.count(), maintain_column_froms=True)
        .order_by(None)
        .correlate(None)
    )
    beside = query.add_columns(counted.scalar_subquery())
    rows = (await tx.execute(beside.offset(first).limit(size))).all()
    if rows:
        return [row[0] for row in rows], int(rows[0][-1])
    return [], int(await tx.scalar(counted) or 0) if first else 0
