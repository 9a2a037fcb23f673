"""How far the outbox is read, although transactions do not end in the order in which they began.

A read takes every row that it can see after the cursor's place, and remembers beside the place
the transactions before it that were still running. A later read takes their rows too, until each
has ended. So nobody waits for a transaction that writes nothing to the outbox, and no row is
skipped. Versions of one record stay in order: its row lock makes the second writer wait for the
first, so anyone who sees the second sees the first.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from lmhg_relay.core import limits

Position = tuple[int, int]
"""(xid, seq): a place in the outbox."""
Stretch = tuple[Position, Position]
"""Every row after the first place, up to the second and with it."""


class Snapshot(NamedTuple):
    """What one read could see: every transaction below `xmax` but those that were running."""

    xmax: int
    running: tuple[int, ...]
    """In ascending order; top-level transactions alone, as the outbox names them."""


class Cursor(NamedTuple):
    """Everything up to `place` is decided, but for transactions that were passed by and rows set aside."""

    place: Position = (0, 0)
    passed: tuple[Position, ...] = ()
    """Each transaction that was running, with the last of its rows that is decided (0: none)."""
    aside: tuple[Position, ...] = ()
    """Rows that wait for their files while others pass."""


START = Cursor()


def barrier(cursor: Cursor, snapshot: Snapshot) -> int | None:
    """The running transaction that must not be passed by, because too many have been; or None."""
    room = max(0, limits.PASSED_MAX - len(cursor.passed))
    first = bisect_right(snapshot.running, cursor.place[0])
    ahead = snapshot.running[first : first + room + 1]
    return ahead[room] if len(ahead) > room else None


def advance(
    cursor: Cursor, read: Sequence[Position], *, decided: int, limit: int, snapshot: Snapshot
) -> Cursor:
    """The cursor when the first `decided` rows of a read are decided.

    A read brings the rows of passed transactions first, and is complete when it is below its limit.
    """
    done = read[:decided]
    ahead = [place for place in done if place > cursor.place]
    late = {xid: seq for xid, seq in done if (xid, seq) <= cursor.place}
    left = {place[0] for place in read[decided:]}
    is_cut = len(read) >= limit and read[-1] <= cursor.place
    running = set(snapshot.running)
    place = ahead[-1] if ahead else cursor.place
    passed: list[Position] = []
    for xid, seq in cursor.passed:
        may_come = xid in running or xid in left or (is_cut and xid >= read[-1][0])
        if may_come:
            passed.append((xid, late.get(xid, seq)))
    passed += [(xid, 0) for xid in snapshot.running if cursor.place[0] < xid < place[0]]
    return Cursor(place, tuple(passed), cursor.aside)


def stretches(
    rows: Sequence[Position], running: Sequence[int], aside: Sequence[Position] = ()
) -> tuple[Stretch, ...]:
    """The rows, as few stretches that hold no row of a transaction that was running and none set aside."""
    found: list[Stretch] = []
    for xid, seq in rows:
        if found:
            after, upto = found[-1]
            is_next = upto < (xid, seq) and _is_clear(upto[0], xid, running)
            if is_next and not any(upto < place < (xid, seq) for place in aside):
                found[-1] = (after, (xid, seq))
                continue
        found.append(((xid, seq - 1), (xid, seq)))
    return tuple(found)


def _is_clear(low: int, high: int, running: Sequence[int]) -> bool:
    """Whether no running transaction lies strictly between two others."""
    place = bisect_right(running, low)
    return place == len(running) or running[place] >= high


def positions_text(places: Sequence[Position]) -> str:
    """`xid.seq xid.seq`: how the database keeps places."""
    return " ".join(f"{xid}.{seq}" for xid, seq in places)


def positions_of(text: str) -> tuple[Position, ...]:
    """The places that a text of `positions_text` names."""
    pairs = (word.partition(".") for word in text.split())
    return tuple((int(xid), int(seq)) for xid, _, seq in pairs)


def stretches_text(found: Sequence[Stretch]) -> str:
    """Both places of each stretch, one after the other."""
    return positions_text([place for stretch in found for place in stretch])


def stretches_of(text: str) -> tuple[Stretch, ...]:
    """The stretches that a text of `stretches_text` names."""
    places = positions_of(text)
    return tuple(zip(places[::2], places[1::2], strict=True))
