"""Reads that do not wait for each other, in one trip to the database.

A read is a coroutine, and goes on until it asks for rows. What all of them ask for is one statement:
the rows of each beside the others'. Then each goes on with its own, until all have ended.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from functools import lru_cache
from types import coroutine
from typing import Any

MARK = "lmhg_row"
"""Is in front of each read's columns, and is null in a row that the read no longer has."""
JOINED_MAX = 500
"""Joined statements that a process keeps; more than an application has."""
_PLACE = re.compile(r"\$(\d+)")

Read = Coroutine[Any, Any, Any]
Asker = Callable[[Sequence["Asked"]], Awaitable[Sequence[Any]]]
"""Gives each its rows, or None to one that has to be asked otherwise."""


class Asked:
    """What a read asks for and waits for."""

    def __init__(self, statement: Any, given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy takes them
        self.statement = statement
        self.given = given

    def __await__(self) -> Generator["Asked", Any, Any]:
        """The rows, from the one who runs the reads."""
        rows = yield self
        return rows


@coroutine
def in_turns(reads: Sequence[Read], ask: Asker) -> Generator[Any, Any, list[Any]]:
    """What each read gives. An error of one ends all of them."""
    ended: dict[int, Any] = {}
    waiting: dict[int, Any] = dict.fromkeys(range(len(reads)))
    try:
        while waiting:
            asked: dict[int, Asked] = {}
            for n, rows in waiting.items():
                try:
                    step = reads[n].send(rows)
                    while not isinstance(step, Asked):  # it waits for something else: so do we
                        yield step
                        step = reads[n].send(None)
                    asked[n] = step
                except StopIteration as end:
                    ended[n] = end.value
            found = (yield from ask(list(asked.values())).__await__()) if asked else ()
            waiting = dict(zip(asked, found, strict=True))
    finally:
        for each in reads:
            each.close()
    return [ended[n] for n in range(len(reads))]


@lru_cache(JOINED_MAX)
def side_by_side(statements: tuple[tuple[str, int], ...]) -> str:
    """One statement out of several, each with the number of its places: their rows beside each other."""
    parts: list[str] = []
    before = 0
    for n, (sql, places) in enumerate(statements):
        moved = _PLACE.sub(lambda place, by=before: f"${int(place[1]) + by}", sql)
        parts.append(f"(select row_number() over () as {MARK}, q.* from ({moved}) q) r{n}")  # noqa: S608 - statements of ours
        before += places
    first, *rest = parts
    joined = "".join(f" full join {part} using ({MARK})" for part in rest)
    columns = ", ".join(f"r{n}.*" for n in range(len(parts)))
    order = ", ".join(f"r{n}.{MARK}" for n in range(len(parts)))
    return f"select {columns} from {first}{joined} order by coalesce({order})"  # noqa: S608 - the same
