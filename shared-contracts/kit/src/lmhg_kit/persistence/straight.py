"""Reads of a look, straight from the driver: SQLAlchemy compiles them, and its session does not run them.

A session's own work for each statement and each row is several times the driver's, on pages that only
read (docs/adr/0036). What comes back is the same: rows, and records of their classes. Such a record
belongs to no session: it can be read, and whoever tries to change it is refused.

What is not a plain SELECT of columns and whole records goes the usual way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Result, Select, TextClause, inspect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.orm import Mapper
from sqlalchemy.util import LRUCache

STATEMENTS_MAX = 500
"""Compiled statements that a process keeps; more than an application has."""
Processor = Callable[[Any], Any]
Fetch = Callable[..., Any]
Made = Callable[[Any], Any]


class _Part(NamedTuple):
    """What a row has at one place: a column, or a whole record out of several."""

    name: str
    first: int
    width: int
    model: type | None
    keys: tuple[str, ...]


class _Plan(NamedTuple):
    """How a compiled statement's rows are read."""

    meta: SimpleResultMetaData | None
    """None where only the rows themselves tell their names."""
    parts: tuple[_Part, ...]
    processors: tuple[tuple[int, Processor], ...]


class Straight:
    """Runs the reads of one process, compiled once each."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._compiled: Any = LRUCache(STATEMENTS_MAX)
        self._plans: LRUCache[Any, _Plan | None] = LRUCache(STATEMENTS_MAX)

    async def run(
        self,
        fetch: Fetch,
        statement: object,
        given: Mapping[str, Any] | None,
        *,
        note: Callable[[type, Iterable[Any]], None],
    ) -> Result[Any] | None:
        """The rows of a statement; None for one that goes the usual way.

        `fetch` runs SQL with its values; `note` hears which records of which class were read.
        """
        if not isinstance(statement, (Select, TextClause)):
            return None
        compiled, values = self._ready(statement, given or {})
        plan = self._plan(statement, compiled)
        if plan is None:
            return None
        sql, ordered = self._bound(compiled, values)
        return _result(plan, await fetch(sql, *ordered), note)

    def _ready(
        self,
        statement: Any,
        given: Mapping[str, Any],  # noqa: ANN401 - either kind
    ) -> tuple[Any, dict[str, Any]]:
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

    def _bound(self, compiled: Any, values: dict[str, Any]) -> tuple[str, list[Any]]:  # noqa: ANN401 - a private class
        """The SQL with its values in their order; a list of values makes as many places."""
        sql, names, processors = compiled.string, compiled.positiontup, compiled._bind_processors  # noqa: SLF001
        if compiled.post_compile_params or compiled.literal_execute_params:
            wide = compiled._process_parameters_for_postcompile(values)  # noqa: SLF001
            sql, names = wide.statement, wide.positiontup
            values = {**values, **wide.additional_parameters}
            processors = {**processors, **wide.processors}
        if not processors:
            return sql, [values[name] for name in names or ()]
        return sql, [
            processors[name](values[name]) if name in processors else values[name]
            for name in names or ()
        ]

    def _plan(self, statement: Any, compiled: Any) -> _Plan | None:  # noqa: ANN401 - either kind
        if compiled not in self._plans:
            self._plans[compiled] = (
                _Plan(None, (), ())
                if isinstance(statement, TextClause)
                else _plan_of(statement, compiled, self._dialect)
            )
        return self._plans[compiled]


def _plan_of(statement: Any, compiled: Any, dialect: Dialect) -> _Plan | None:  # noqa: ANN401 - private classes
    columns = compiled._result_columns  # noqa: SLF001
    if statement._with_options:  # noqa: SLF001
        return None
    parts: list[_Part] = []
    place = 0
    for each in statement.column_descriptions:
        mapper = inspect(each["expr"], raiseerr=False)
        if isinstance(mapper, Mapper):
            own = columns[place : place + len(mapper.column_attrs)]
            keys = tuple(mapper.get_property_by_column(column.objects[0]).key for column in own)
            parts.append(_Part(each["name"], place, len(keys), mapper.class_, keys))
            place += len(keys)
        else:
            parts.append(_Part(columns[place].keyname, place, 1, None, ()))
            place += 1
    if place != len(columns):
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


def _result(
    plan: _Plan, records: Sequence[Any], note: Callable[[type, Iterable[Any]], None]
) -> Result[Any]:
    if plan.meta is None:
        names = list(records[0].keys()) if records else []
        return IteratorResult(SimpleResultMetaData(names), iter([tuple(each) for each in records]))
    rows: Sequence[Sequence[Any]] = records
    if plan.processors:
        rows = [list(each) for each in records]
        for row in rows:
            for n, process in plan.processors:
                row[n] = process(row[n])  # type: ignore[index]
    columns = [_column(part, rows, note) for part in plan.parts]
    return IteratorResult(plan.meta, iter(list(zip(*columns, strict=True))))


def _column(
    part: _Part, rows: Sequence[Sequence[Any]], note: Callable[[type, Iterable[Any]], None]
) -> list[Any]:
    """What every row has at one place."""
    if part.model is None:
        return [row[part.first] for row in rows]
    made: list[Any] = []
    end = part.first + part.width
    for row in rows:
        record = object.__new__(part.model)
        record.__dict__.update(zip(part.keys, row[part.first : end], strict=True))
        made.append(record)
    note(part.model, made)
    return made
