"""What a hostile ledger costs: counted in lines of our code that run, so that no clock decides."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest

from lmhg_contracts.ledger.entries import RelayEntry
from lmhg_contracts.ledger.statement import Totals, take_relay

SMALL, LARGE = 200, 400


@dataclass
class Count:
    """Lines that ran."""

    lines: int = 0


@contextmanager
def counted() -> Iterator[Count]:
    """Counts every line of Python that runs inside."""
    count, before = Count(), sys.gettrace()

    def trace(_frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        count.lines += event == "line"
        return trace

    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(before)


def entries(decision: str, batch: int | None, count: int) -> list[RelayEntry]:
    """So many recalls of one batch, then as many answers to it."""
    facts: dict[str, Any] = {
        "actor": "relay", "at": "2026-10-05T12:00:00.000000Z", "bytes": 0, "digest": None,
        "exemption_id": None, "fields": (), "gate": None, "n": 0, "policy": "p1", "reason": None,
        "record_id": None, "version": None,
    }  # fmt: skip
    sent = RelayEntry(batch=batch, decision="ship", kind=None, op="recall", **facts)
    answer = RelayEntry(batch=batch, decision=decision, kind=None, op=None, **facts)
    return [sent] * count + [answer] * count


def cost(decision: str, batch: int | None, count: int) -> int:
    """Lines that run for them."""
    given, totals = entries(decision, batch, count), Totals()
    with counted() as found:
        for each in given:
            take_relay(totals, each)
    return found.lines


@pytest.mark.found(
    "P4", "null and repeated batches cost a statement time in proportion, not squared"
)
@pytest.mark.parametrize("batch", [None, 0, 7])
@pytest.mark.parametrize("decision", ["receipted", "broker_purged"])
def test_answers_cost_in_proportion(decision: str, batch: int | None) -> None:
    """Twice the entries are at most twice the lines, whatever they name."""
    assert cost(decision, batch, LARGE) <= 2 * cost(decision, batch, SMALL) + SMALL // 10


def test_count_sees_what_is_squared() -> None:
    """The control: a loop in a loop is found."""

    def squared(size: int) -> int:
        with counted() as found:
            _looped(size)
        return found.lines

    assert squared(LARGE) > 2 * squared(SMALL) + SMALL // 10


def _looped(size: int) -> None:
    for _ in range(size):
        for _ in range(size):
            pass
