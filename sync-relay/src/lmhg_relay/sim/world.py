"""The simulated world: time, network, broker, processes; everything decided by one seed."""

import heapq
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from lmhg_contracts.objects import Live, ObjectName, left_behind
from lmhg_contracts.wire import Direction, PlaneName
from lmhg_relay.core.context import OUT, PEER
from lmhg_relay.sim.database import Database
from lmhg_relay.sim.keys import identity
from lmhg_relay.sim.node import Crash, Node
from lmhg_relay.sim.options import Options
from lmhg_relay.sim.oracle import Oracle

QUIET_PUMP_S = 1.0
"""Once nothing goes wrong any more, only time has to pass."""
START = datetime(2026, 3, 8, 1, 30, tzinfo=UTC)
PLANES: tuple[PlaneName, ...] = ("onprem", "cloud")
PUMP_S = 0.25
TICK_S = 0.5
ARCHIVE_MAX = 200


class World:
    """Two planes, a broker between them and a list of things to come."""

    def __init__(self, seed: int, options: Options) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the seed is the point
        self.options = options
        self.time = 0.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        size = self.random.choice((2, 3, 5, 50))
        rows = self.random.choice((1, 3, 10, 500))
        self.identities = {
            plane: identity(plane, batch_entries=size, read_rows=rows) for plane in PLANES
        }
        self.databases: dict[PlaneName, Database] = {plane: Database(options) for plane in PLANES}
        self.offsets = dict.fromkeys(PLANES, timedelta())
        self.nodes: dict[PlaneName, Node | None] = dict.fromkeys(PLANES)
        self.zombies: list[Node] = []
        self.streams: dict[Direction, dict[int, bytes]] = {"down": {}, "up": {}}
        self.next_seq = {"down": 1, "up": 1}
        self.bucket: set[ObjectName] = set()
        """Files that lie in the cloud, whole."""
        self.archive: list[tuple[PlaneName, str, bytes]] = []
        self.oracle = Oracle(self.databases, self.bucket)
        self.is_partitioned = False
        self.is_faulty = True
        self.loss = self.random.choice((0.0, 0.05, 0.3))
        self.crash = self.random.choice((0.0, 0.002, 0.01))
        self.interleave: Callable[[], None] = lambda: None
        self.trace: list[str] = []

    # Time ----------------------------------------------------------------------------------------

    def at(self, delay: float, act: Callable[[], None]) -> None:
        """Do something later."""
        self._order += 1
        heapq.heappush(self._queue, (self.time + delay, self._order, act))

    def run_until(self, end: float) -> None:
        """Let things happen up to a moment."""
        while self._queue and self._queue[0][0] <= end:
            self.time, _, act = heapq.heappop(self._queue)
            act()
        self.time = end

    def wall(self, plane: PlaneName) -> datetime:
        """What the plane's clock shows; it jumps."""
        return START + timedelta(seconds=self.time) + self.offsets[plane]

    # Processes -----------------------------------------------------------------------------------

    def start(self, plane: PlaneName) -> None:
        """Start a process, if none runs."""
        if self.nodes[plane] is None:
            node = Node(self, plane)
            self.nodes[plane] = node
            self.at(0.0, lambda: self._tick(node))
            self.at(0.0, lambda: self._pump(node))

    def _tick(self, node: Node) -> None:
        if node.is_alive:
            node.tick()
            self.at(TICK_S, lambda: self._tick(node))

    def _pump(self, node: Node) -> None:
        if node.is_alive:
            node.turn()
            pace_s = PUMP_S if self.is_faulty else QUIET_PUMP_S
            self.at(pace_s * (0.2 + self.random.random()), lambda: self._pump(node))

    def takeover(self, plane: PlaneName) -> None:
        """The lock goes to a new process, and the old one does not know."""
        old = self.nodes[plane]
        if old is not None:
            self.zombies.append(old)
            self.nodes[plane] = None
            self.at(5.0, lambda: self._end(old))
        self.start(plane)

    def _end(self, node: Node) -> None:
        node.is_alive = False
        if node in self.zombies:
            self.zombies.remove(node)

    def died(self, node: Node, *, was_fenced: bool) -> None:
        """A process has ended; the supervisor starts another."""
        self.trace.append(f"{self.time:.2f} {node.plane} {'fenced' if was_fenced else 'crash'}")
        if self.nodes[node.plane] is node:
            self.nodes[node.plane] = None
            self.at(self.random.uniform(0.1, 3.0), lambda: self.start(node.plane))

    def step(self, node: Node, label: str) -> None:
        """Every labelled step: other things may happen here, and the process may die here."""
        if not self.is_faulty:
            return
        if self.random.random() < 0.02:
            self.interleave()
        if self.random.random() < self.crash:
            self.trace.append(f"{self.time:.2f} {node.plane} dies {label}")
            raise Crash

    def kill(self, plane: PlaneName) -> None:
        """End a process without a word."""
        node = self.nodes[plane]
        if node is not None:
            node.is_alive = False
            self.died(node, was_fenced=False)

    # Files ---------------------------------------------------------------------------------------

    def bring(self, node: Node, name: ObjectName) -> None:
        """A process puts a file into the cloud's bucket, some time, while it lives and is the plane's own."""
        if node.moving is not None or name in node.there:
            return
        node.moving = name
        wait_s = self.random.choice((0.05, 0.3, 2.0, 9.0)) if self.is_faulty else 0.05
        self.at(wait_s, lambda: self._arrive(node, name))

    def _arrive(self, node: Node, name: ObjectName) -> None:
        node.moving = None
        is_there = node.is_alive and self.nodes[node.plane] is node
        if is_there and not (self.is_faulty and self.random.random() < 0.2):
            self.bucket.add(name)
            node.there.add(name)

    def take_out(self) -> bool:
        """The cloud's half looks through its bucket; whether the bucket answered."""
        if self.is_faulty and self.random.random() < 0.2:
            return False
        database = self.databases["cloud"]
        held = {
            UUID(bytes=key[1]): Live(write.generation, write.version, write.body is None)
            for key, write in database.replica.items()
        }
        names = {str(name): name for name in self.bucket}
        for gone in left_behind(names, held, generation=database.receiver.generation):
            self.bucket.discard(names[gone])
        return True

    # Network and broker --------------------------------------------------------------------------

    def _is_lost(self) -> bool:
        return self.is_faulty and (self.is_partitioned or self.random.random() < self.loss)

    def _delay(self) -> float:
        if self.is_faulty and self.random.random() < 0.1:
            return self.random.uniform(0.0, 8.0)
        return self.random.uniform(0.001, 0.05)

    def publish(self, node: Node, number: int, blob: bytes) -> None:
        """A batch on its way to the broker."""
        direction = OUT[node.plane]
        self._keep(PEER[node.plane], "batch", blob)
        if not self._is_lost():
            self.at(self._delay(), lambda: self._store(node, direction, number, blob))

    def _store(self, node: Node, direction: Direction, number: int, blob: bytes) -> None:
        seq = self.next_seq[direction]
        self.next_seq[direction] = seq + 1
        if self.is_faulty and self.random.random() < 0.01:
            flipped = bytearray(blob)
            flipped[self.random.randrange(len(blob))] ^= 1 << self.random.randrange(8)
            blob = bytes(flipped)
        self.streams[direction][seq] = blob
        if not self._is_lost():
            self.at(self._delay(), lambda: self._acked(node, number, seq))
        for _ in range(2 if self.is_faulty and self.random.random() < 0.1 else 1):
            if not self._is_lost():
                self.at(self._delay(), lambda: self._deliver(direction, seq))

    def _acked(self, node: Node, number: int, seq: int) -> None:
        if node.is_alive:
            from lmhg_relay.core.events import Published  # noqa: PLC0415 - avoids a cycle at import

            node.feed(Published(number=number, stream_seq=seq, **node.clocks()))

    def _deliver(self, direction: Direction, seq: int) -> None:
        blob = self.streams[direction].get(seq)
        plane: PlaneName = "cloud" if direction == "down" else "onprem"
        if blob is not None:
            self.hand(plane, "batch", blob)

    def send(self, source: PlaneName, what: Literal["receipt", "beat"], raw: bytes) -> None:
        """A plain message to the other plane."""
        self._keep(PEER[source], what, raw)
        for _ in range(2 if self.is_faulty and self.random.random() < 0.1 else 1):
            if not self._is_lost():
                self.at(self._delay(), lambda: self.hand(PEER[source], what, raw))

    def hand(self, plane: PlaneName, what: str, raw: bytes) -> None:
        """A message arrives at whatever processes of the plane are alive."""
        for node in (self.nodes[plane], *self.zombies):
            if node is not None and node.is_alive and node.plane == plane:
                box = {"batch": node.batches, "receipt": node.receipts, "beat": node.beats}[what]
                box.append(raw)

    def purge(self, plane: PlaneName, upto: int) -> bool:
        """Whether the broker has purged, and its answer has arrived."""
        if self._is_lost():
            return False
        stream = self.streams[OUT[plane]]
        for seq in [seq for seq in stream if seq <= upto]:
            del stream[seq]
        return not self._is_lost()

    def wipe_broker(self) -> None:
        """The broker loses everything, and counts from one again."""
        for direction in self.streams:
            self.streams[direction] = {}
            self.next_seq[direction] = 1

    def _keep(self, plane: PlaneName, what: str, raw: bytes) -> None:
        """What an eavesdropper has recorded, to be replayed."""
        self.archive.append((plane, what, raw))
        if len(self.archive) > ARCHIVE_MAX:
            del self.archive[: ARCHIVE_MAX // 2]

    def replay(self) -> None:
        """Someone repeats an old message, to the right place or to a wrong one."""
        if self.archive:
            plane, what, raw = self.random.choice(self.archive)
            if self.random.random() < 0.2:
                plane = self.random.choice(PLANES)
            self.hand(plane, what, raw)
