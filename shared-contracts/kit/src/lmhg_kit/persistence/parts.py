"""A part of a list and how many there are in all, in one trip to the database."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Select, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from lmhg_kit.persistence.session import ReadSession

T = TypeVar("T")
_FIRST, _SIZE = bindparam("part_first", type_=BigInteger), bindparam("part_size", type_=BigInteger)


def is_one_of(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Whether a column has one of the values that are given under this name when the query runs."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def part_only(query: "Select[T]") -> "Select[T]":
    """A part of a query without how many there are; what it asks for: `part_values`."""
    return query.offset(_FIRST).limit(_SIZE)


def part_values(*, first: int, size: int) -> dict[str, int]:
    """Which part a query gives."""
    return {"part_first": first, "part_size": size}


class Part(Generic[T]):
    """A query that gives one thing a row, made once; what it asks for is given when it runs.

    With `count_max` it counts no further than one more than that: counting costs with every row.
    """

    def __init__(self, query: "Select[T]", *, count_max: int | None = None) -> None:
        self._count: Any = _count_of(query) if count_max is None else _bounded(query, count_max)
        self._beside: Any = part_only(query.add_columns(self._count.scalar_subquery()))

    async def read(
        self, tx: ReadSession, *, first: int, size: int, **values: object
    ) -> tuple[Sequence[T], int]:
        """Some rows, and how many there are in all.

        The count comes with each row. A part behind the last row has none, so it is counted then.
        """
        given = {**values, **part_values(first=first, size=size)}
        rows = (await tx.execute(self._beside, given)).all()
        if rows:
            return [row[0] for row in rows], int(rows[0][-1])
        return [], int(await tx.scalar(self._count, values) or 0) if first else 0


def _count_of(query: "Select[Any]") -> Any:  # noqa: ANN401 - a query of one number
    counted = query.with_only_columns(func.count(), maintain_column_froms=True)
    return counted.order_by(None).correlate(None)


def _bounded(query: "Select[Any]", most: int) -> Any:  # noqa: ANN401 - a query of one number
    some = query.with_only_columns(literal(1), maintain_column_froms=True).order_by(None)
    return select(func.count()).select_from(some.limit(most + 1).correlate(None).subquery())


async def part_of(
    tx: ReadSession, query: "Select[T]", *, first: int, size: int
) -> tuple[Sequence[T], int]:
    """A part of a query that is made for this once."""
    return await Part(query).read(tx, first=first, size=size)
