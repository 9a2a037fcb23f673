"""Load over kept connections: one request after the other on each, and how long each answer took.

Closed loop: so many connections ask as fast as they are answered, as both stacks are compared.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

import uvloop

from lmhg_quality.bench.ground import percentile

CONNECTIONS = 16
HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Target:
    """Who is asked what, and which status answers it."""

    name: str
    port: int
    request: bytes
    status: bytes = b"200"


@dataclass(frozen=True)
class Seen:
    """What one run saw."""

    per_s: float
    p50_ms: float
    p99_ms: float


class _Connection(asyncio.Protocol):
    """Asks, reads the answer to its end, asks again."""

    def __init__(self, target: Target, until: float, taken: list[float]) -> None:
        self._target, self._until, self._taken = target, until, taken
        self._buffer = bytearray()
        self._missing = -1
        self._began = 0.0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody closes before the end but us."""
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        """Take a part of the answer."""
        if self._missing < 0:
            self._buffer += data
            end = self._buffer.find(HEAD_END)
            if end < 0:
                return
            self._missing = self._length(bytes(self._buffer[:end])) - (len(self._buffer) - end - 4)
            self._buffer.clear()
        else:
            self._missing -= len(data)
        if self._missing <= 0:
            self._answered()

    def _length(self, head: bytes) -> int:
        if not head.startswith(b"HTTP/1.1 " + self._target.status):
            self.ended.set_exception(RuntimeError(f"{self._target.name}: {head[:60]!r}"))
        lines = head.lower().split(b"\r\n")
        sizes = [int(each[15:]) for each in lines if each.startswith(b"content-length:")]
        return sizes[0] if sizes else 0

    def _ask(self) -> None:
        self._missing = -1
        self._began = time.perf_counter()
        self._transport.write(self._target.request)

    def _answered(self) -> None:
        now = time.perf_counter()
        self._taken.append(now - self._began)
        if now < self._until and not self.ended.done():
            self._ask()
            return
        if not self.ended.done():
            self.ended.set_result(None)
        self._transport.close()


async def _drive(target: Target, seconds: float, connections: int) -> Seen:
    loop, taken = asyncio.get_running_loop(), list[float]()
    began = time.perf_counter()
    made = [
        await loop.create_connection(
            lambda: _Connection(target, began + seconds, taken), "127.0.0.1", target.port
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.ended for _, protocol in made))
    spent = time.perf_counter() - began
    p50, p99 = (percentile(taken, share) * 1000 for share in (0.5, 0.99))
    return Seen(len(taken) / spent, p50, p99)


def drive(target: Target, *, seconds: float, connections: int = CONNECTIONS) -> Seen:
    """Ask for so long. Raises: RuntimeError for another status than the one expected."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_drive(target, seconds, connections))


@dataclass(frozen=True)
class Beside:
    """One of ours beside the comparator: medians over the rounds, each against its own neighbor."""

    name: str
    theirs: Seen
    ours: Seen
    throughput: float
    p99: float

    @property
    def line(self) -> str:
        """Both sides and their ratios."""
        return (
            f"{self.ours.per_s:.0f}/s, p50 {self.ours.p50_ms:.1f}, p99 {self.ours.p99_ms:.1f} ms;"
            f" theirs {self.theirs.per_s:.0f}/s, {self.theirs.p50_ms:.1f}, {self.theirs.p99_ms:.1f} ms;"
            f" ratio {self.throughput:.2f}, p99 {self.p99:.2f}"
        )


def beside(theirs: Target, ours: Iterable[Target], *, seconds: float, rounds: int) -> list[Beside]:
    """Both sides by turns in one run: theirs, ours, theirs, ours."""
    wanted = list(ours)
    for each in (theirs, *wanted):
        drive(each, seconds=min(1.5, seconds))
    pairs: dict[str, list[tuple[Seen, Seen]]] = {each.name: [] for each in wanted}
    for _ in range(rounds):
        for each in wanted:
            pair = (drive(theirs, seconds=seconds), drive(each, seconds=seconds))
            pairs[each.name].append(pair)
    return [_summed(name, seen) for name, seen in pairs.items()]


def _summed(name: str, pairs: list[tuple[Seen, Seen]]) -> Beside:
    return Beside(
        name,
        _median(their for their, _ in pairs),
        _median(our for _, our in pairs),
        throughput=median(our.per_s / their.per_s for their, our in pairs),
        p99=median(our.p99_ms / their.p99_ms for their, our in pairs),
    )


def _median(runs: Iterable[Seen]) -> Seen:
    seen = list(runs)
    return Seen(
        median(each.per_s for each in seen),
        median(each.p50_ms for each in seen),
        median(each.p99_ms for each in seen),
    )
