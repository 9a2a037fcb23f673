"""Reads of a look, straight from the driver: SQLAlchemy compiles them, and its session does not run them.

A session's own work for each statement and each row is several times the driver's, on pages that only
read (docs/adr/0036). What comes back is the same: rows, and records of their classes. Such a record
belongs to no session: it can be read, and a change to it is refused, like reading what was not loaded
(`load_only`).

What is not a plain SELECT of columns and whole records goes the usual way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Dialect, Numeric, Result, Select, TextClause, inspect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, QueryableAttribute
from sqlalchemy.util import LRUCache

from lmhg_kit.persistence.together import MARK, Asked, side_by_side

STATEMENTS_MAX = 500
"""Compiled statements that a process keeps; more than an application has."""
NO_NAME = "column"
"""What the column of a statement in words is called where no row tells its name."""
Processor = Callable[[Any], Any]
Heard = Callable[[type, Iterable[Any]], None]
Adapted = Any
"""A connection of the driver's as SQLAlchemy adapts it."""
Statement = Any
Compiled = Any
Given = Mapping[str, Any] | None
"""The values of a statement by their names."""
Rows = Result[Any]


class _Part(NamedTuple):
    """What a row has at one place: a column, or a whole record out of several."""

    name: str
    first: int
    width: int
    model: type | None
    keys: tuple[str, ...]
    primary: int = 0
    """Where the row says whether there is such a record: an outer join may find none."""


class _Plan(NamedTuple):
    """How a compiled statement's rows are read."""

    meta: SimpleResultMetaData | None
    """None where only the rows themselves tell their names."""
    parts: tuple[_Part, ...]
    processors: tuple[tuple[int, Processor], ...]


class _Ready(NamedTuple):
    """A statement with its values in order, and how its rows are read."""

    plan: _Plan
    sql: str
    ordered: list[Any]


class Straight:
    """Runs the reads of one process, compiled once each."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._compiled: Any = LRUCache(STATEMENTS_MAX)
        self._plans: LRUCache[Any, _Plan | None] = LRUCache(STATEMENTS_MAX)

    async def run(
        self, adapted: Adapted, statement: Statement, given: Given, *, heard: Heard
    ) -> Rows | None:
        """The rows of a statement on this connection; None for one that goes the usual way.

        `heard` hears the ids of the records of each class that were read. Raises what SQLAlchemy would raise.
        """
        ready = self._ready(statement, given)
        if ready is None:
            return None
        with translated(adapted):
            records = await adapted.driver_connection.fetch(ready.sql, *ready.ordered)
        return _rows(ready.plan, _names(records), records, heard)

    async def run_all(
        self, adapted: Adapted, asked: Sequence[Asked], *, heard: Heard
    ) -> list[Rows | None]:
        """The rows of several statements in one trip; None, as `run`, for one that goes the usual way."""
        ready = [self._ready(each.statement, each.given) for each in asked]
        known = [each for each in ready if each is not None]
        if not known:
            return [None] * len(asked)
        sql = side_by_side(tuple((each.sql, len(each.ordered)) for each in known))
        with translated(adapted):
            records = await adapted.driver_connection.fetch(
                sql, *(value for each in known for value in each.ordered)
            )
        parts = iter(_apart(records, len(known)))
        return [each and _rows(each.plan, *next(parts), heard) for each in ready]

    def _ready(self, statement: Statement, given: Given) -> "_Ready | None":
        """A statement as the driver takes it, and how its rows are read."""
        if not isinstance(statement, (Select, TextClause)):
            return None
        compiled, values = self._compile(statement, given or {})
        plan = self._plan(statement, compiled)
        return _Ready(plan, *_bound(compiled, values)) if plan else None

    def _compile(
        self, statement: Statement, given: Mapping[str, Any]
    ) -> tuple[Compiled, dict[str, Any]]:
        compiled, extracted, collected, _ = statement._compile_w_cache(  # noqa: SLF001 - as its own engine does
            self._dialect, compiled_cache=self._compiled, column_keys=sorted(given)
        )
        values = compiled.construct_params(
            given or None,
            escape_names=False,
            extracted_parameters=extracted,
            _collected_params=collected,
        )
        return compiled, values

    def _plan(self, statement: Statement, compiled: Compiled) -> _Plan | None:
        if compiled not in self._plans:
            self._plans[compiled] = (
                _Plan(None, (), ())
                if isinstance(statement, TextClause)
                else _plan_of(statement, compiled, self._dialect)
            )
        return self._plans[compiled]


@contextmanager
def translated(adapted: Adapted) -> Iterator[None]:
    """The driver's errors as SQLAlchemy translates them, without the statement's values."""
    try:
        yield
    except Exception as failure:
        try:
            adapted._handle_exception(failure)  # noqa: SLF001 - SQLAlchemy's own translation
        except adapted.dbapi.Error as known:
            raise DBAPIError.instance(
                None, None, known, adapted.dbapi.Error, hide_parameters=True
            ) from known
        raise


def _bound(compiled: Compiled, values: dict[str, Any]) -> tuple[str, list[Any]]:
    """The SQL with its values in their order; a list of values makes as many places."""
    sql, names, processors = compiled.string, compiled.positiontup or (), compiled._bind_processors  # noqa: SLF001 - the same
    if compiled.post_compile_params or compiled.literal_execute_params:
        wide = compiled._process_parameters_for_postcompile(values)  # noqa: SLF001 - as its own engine does
        sql, names = wide.statement, wide.positiontup or ()
        values = {**values, **wide.additional_parameters}
        processors = {**processors, **wide.processors}
    if not processors:
        return sql, [values[name] for name in names]
    return sql, [
        processors[name](values[name]) if name in processors else values[name] for name in names
    ]


def _plan_of(statement: Statement, compiled: Compiled, dialect: Dialect) -> _Plan | None:
    """How rows are read; None for a statement that says more than which columns and records it wants."""
    columns = compiled._result_columns  # noqa: SLF001 - what each place of a row is
    asked = [inspect(said["expr"], raiseerr=False) for said in statement.column_descriptions]
    records = [each for each in asked if isinstance(each, Mapper)]
    plain = (Mapper, ColumnElement, QueryableAttribute)
    if not all(isinstance(each, plain) for each in asked):
        return None
    if any(isinstance(column.type, Numeric) for column in columns):
        return None
    is_narrow = bool(statement._with_options)  # noqa: SLF001 - such as which columns to load alone
    if is_narrow and len(records) != 1:
        return None
    rest = len(columns) - (len(asked) - 1)
    parts: list[_Part] = []
    place = 0
    for said, mapper in zip(statement.column_descriptions, asked, strict=True):
        if isinstance(mapper, Mapper):
            width = rest if is_narrow else len(mapper.column_attrs)
            keys = _keys(mapper, columns[place : place + width])
            primary = keys.index(mapper.get_property_by_column(mapper.primary_key[0]).key)
            parts.append(_Part(said["name"], place, width, mapper.class_, keys, place + primary))
            place += width
        else:
            parts.append(_Part(columns[place].keyname, place, 1, None, ()))
            place += 1
    if place != len(columns) or len({part.name for part in parts}) != len(parts):
        return None
    processors = (
        (n, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for n, column in enumerate(columns)
    )
    return _Plan(
        SimpleResultMetaData([part.name for part in parts]),
        tuple(parts),
        tuple((n, process) for n, process in processors if process is not None),
    )


def _keys(mapper: Mapper[Any], places: Iterable[Any]) -> tuple[str, ...]:
    """The attributes behind these places of a row. Raises: UnmappedColumnError for one of another table."""
    columns = (next(each for each in one.objects if isinstance(each, Column)) for one in places)
    return tuple(mapper.get_property_by_column(column).key for column in columns)


def _names(records: Sequence[Any]) -> list[str]:
    """What a row's columns are called."""
    return list(records[0].keys()) if records else [NO_NAME]


def _apart(records: Sequence[Any], count: int) -> list[tuple[list[str], list[Any]]]:
    """Rows that stand beside each other, apart: the names and the rows of each of so many statements."""
    if not records:
        return [([NO_NAME], []) for _ in range(count)]
    names = _names(records)
    starts = [n for n, name in enumerate(names) if name == MARK]
    spans = zip(starts, [*starts[1:], len(names)], strict=True)
    return [
        (names[at + 1 : end], [row[at + 1 : end] for row in records if row[at] is not None])
        for at, end in spans
    ]


def _rows(plan: _Plan, names: list[str], records: Sequence[Any], heard: Heard) -> Rows:
    if plan.meta is None:
        return IteratorResult(SimpleResultMetaData(names), iter([tuple(each) for each in records]))
    rows = [_processed(each, plan.processors) for each in records] if plan.processors else records
    columns = [_column(part, rows, heard) for part in plan.parts]
    return IteratorResult(plan.meta, iter(list(zip(*columns, strict=True))))


def _processed(record: Sequence[Any], processors: Iterable[tuple[int, Processor]]) -> list[Any]:
    """A row whose values are what their column's type makes of them."""
    row = list(record)
    for n, process in processors:
        row[n] = process(row[n])
    return row


def _column(part: _Part, rows: Sequence[Sequence[Any]], heard: Heard) -> list[Any]:
    """What every row has at one place."""
    if part.model is None:
        return [row[part.first] for row in rows]
    made: list[Any] = []
    ids: list[Any] = []
    end = part.first + part.width
    for row in rows:
        if row[part.primary] is None:
            made.append(None)
            continue
        record = object.__new__(part.model)
        record.__dict__ = dict(zip(part.keys, row[part.first : end], strict=True))
        made.append(record)
        ids.append(row[part.primary])
    heard(part.model, ids)
    return made
