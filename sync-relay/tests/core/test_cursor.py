"""The cursor: every committed row is decided once, however transactions end."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_relay.core import limits
from lmhg_relay.core.cursor import (
    START,
    Cursor,
    Position,
    Snapshot,
    advance,
    barrier,
    positions_of,
    positions_text,
    stretches,
    stretches_of,
    stretches_text,
)

Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("begin", "write", "write", "commit", "abort", "read")), st.integers(0, 7)
    ),
    max_size=80,
)


@dataclass
class Outbox:
    """A table, its transactions, and a reader that decides `window` rows at most of each read."""

    limit: int
    window: int
    forgets: bool = False
    xid: int = 10
    seq: int = 0
    last_ended: int = 9
    open: dict[int, list[Position]] = field(default_factory=dict[int, list[Position]])
    rows: set[Position] = field(default_factory=set[Position])
    committed: list[Position] = field(default_factory=list[Position])
    decided: list[Position] = field(default_factory=list[Position])
    cursor: Cursor = START

    def step(self, what: str, which: int) -> None:
        """One thing that happens."""
        if what == "begin" and len(self.open) < 8:
            self.xid += 1
            self.open[self.xid] = []
        elif what == "read":
            self.read()
        elif self.open:
            xid = sorted(self.open)[which % len(self.open)]
            if what == "write":
                self.seq += 1
                self.open[xid].append((xid, self.seq))
            else:
                self.end(xid, is_kept=what == "commit")

    def end(self, xid: int, *, is_kept: bool) -> None:
        """A transaction ends."""
        rows = self.open.pop(xid)
        self.last_ended = max(self.last_ended, xid)
        if is_kept:
            self.rows |= set(rows)
            self.committed += rows

    def read(self) -> int:
        """What the sender does: read, decide, remember, and close what was decided."""
        xmax = self.last_ended + 1
        snapshot = Snapshot(xmax, tuple(sorted(xid for xid in self.open if xid < xmax)))
        passed = {} if self.forgets else dict(self.cursor.passed)
        seen = sorted(
            place
            for place in self.rows
            if place > self.cursor.place or (place[0] in passed and place[1] > passed[place[0]])
        )[: self.limit]
        stop = barrier(self.cursor, snapshot)
        within = [place for place in seen if stop is None or place[0] < stop][: self.window]
        self.cursor = advance(
            self.cursor, seen, decided=len(within), limit=self.limit, snapshot=snapshot
        )
        self.decided += within
        closed = stretches(within, snapshot.running)
        gone = {place for place in self.rows if any(low < place <= high for low, high in closed)}
        assert gone >= set(within)
        undecided = gone - set(self.decided)
        assert not undecided, "a receipt would close a row that nobody decided"
        return len(within)

    def settle(self) -> None:
        """Everything ends, and everything is read."""
        for xid in sorted(self.open):
            self.end(xid, is_kept=True)
        while self.read():
            pass


@given(STEPS, st.integers(1, 5), st.integers(1, 5))
def test_every_committed_row_is_decided_exactly_once(
    steps: list[Step], limit: int, window: int
) -> None:
    """Whatever begins, writes, ends and is read in whatever order, in windows of any size."""
    outbox = Outbox(limit, window)
    for what, which in steps:
        outbox.step(what, which)
    outbox.settle()
    assert sorted(outbox.decided) == sorted(outbox.committed)
    assert outbox.cursor.passed == ()


@given(STEPS, st.integers(2, 5))
def test_it_holds_with_hardly_any_room(steps: list[Step], limit: int) -> None:
    """Behind more running transactions than are kept the reader waits; it never skips."""
    kept, limits.PASSED_MAX = limits.PASSED_MAX, 1
    try:
        outbox = Outbox(limit, limit)
        for what, which in steps:
            outbox.step(what, which)
            assert len(outbox.cursor.passed) <= 1
        outbox.settle()
    finally:
        limits.PASSED_MAX = kept
    assert sorted(outbox.decided) == sorted(outbox.committed)


def test_without_what_was_passed_by_a_row_is_lost() -> None:
    """The negative control: a transaction that began first and ends last."""
    steps = [("begin", 0), ("begin", 0), ("write", 0), ("write", 1), ("commit", 1), ("read", 0)]
    lost, kept = Outbox(5, 5, forgets=True), Outbox(5, 5)
    for outbox in (lost, kept):
        for what, which in steps:
            outbox.step(what, which)
        outbox.settle()
    assert len(kept.decided) == 2
    assert len(lost.decided) == 1


def test_a_stranger_is_passed_by_and_remembered_once() -> None:
    """It holds nothing up, and costs one place until it ends."""
    cursor = advance(
        START, [(12, 1), (15, 2)], decided=2, limit=9, snapshot=Snapshot(16, (11, 13, 14))
    )
    assert cursor == Cursor((15, 2), ((11, 0), (13, 0), (14, 0)))
    assert advance(cursor, [], decided=0, limit=9, snapshot=Snapshot(20, (13,))).passed == (
        (13, 0),
    )


@pytest.mark.parametrize("running", [(), (13,)])
def test_a_stretch_never_spans_a_running_transaction(running: tuple[int, ...]) -> None:
    """Its rows may come later, and a receipt for others must not close them."""
    found = stretches([(12, 1), (12, 2), (15, 9)], running)
    assert len(found) == 1 + len(running)


@given(st.lists(st.tuples(st.integers(0, 2**63), st.integers(0, 2**63))))
def test_places_are_read_as_they_were_written(places: list[Position]) -> None:
    """The text that the database keeps loses nothing."""
    assert positions_of(positions_text(places)) == tuple(places)
    pairs = tuple(zip(places[::2], places[1::2], strict=False))
    assert stretches_of(stretches_text(pairs)) == pairs
