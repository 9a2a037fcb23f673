"""Deliveries that wait at the same moment share one transaction; each is answered after its commit.

Nobody waits for a group to fill: while one commit runs, those that arrive make the next group.
A group holds what arrived by then, up to a bound. When the database refuses a group for what is in
it, each delivery is stored alone, so a bad one fails nobody else's.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from lmhg_gateway.adapters.delivery_store import DeliveryRefused, DeliveryRow, DeliveryStore
from lmhg_gateway.kernel.sealed_box import SealingBox
from lmhg_kit.errors import Unavailable

GROUP_MAX = 64
"""Deliveries in one transaction."""
WRITERS = 2
"""Transactions that run at once: one commits while the next is sent."""
WAITING_MAX = 1024
"""Deliveries that wait to be stored; more hear 503 and come again."""
WAIT_MAX_S = 8.0
"""How long one waits for its commit before it hears 503."""


@dataclass
class _Waiting:
    """One delivery, and who waits for it."""

    id: uuid.UUID
    peer: str
    outcome: str
    body: bytes | None
    kept: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class GroupCommit:
    """Keeps deliveries, several in a transaction."""

    def __init__(self, store: DeliveryStore, box: SealingBox) -> None:
        self._store = store
        self._box = box
        self._waiting: deque[_Waiting] = deque()
        self._writers: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many wait for a transaction of theirs to begin."""
        return len(self._waiting)

    @property
    def writing(self) -> int:
        """How many transactions run now."""
        return len(self._writers)

    async def keep(self, *, peer: str, outcome: str, body: bytes | None) -> uuid.UUID:
        """Return when the delivery, or the trace of a refused one, is committed. Raises: Unavailable."""
        if len(self._waiting) >= WAITING_MAX:
            raise Unavailable(phase="queue")
        one = _Waiting(uuid.uuid4(), peer, outcome, body)
        self._waiting.append(one)
        if len(self._writers) < WRITERS:
            task = asyncio.create_task(self._write())
            self._writers.add(task)
            task.add_done_callback(self._writers.discard)
        try:
            async with asyncio.timeout(WAIT_MAX_S):
                await one.kept
        except TimeoutError:
            raise Unavailable(phase="store") from None
        return one.id

    async def _write(self) -> None:
        """Commit groups until nobody waits."""
        while group := self._next():
            try:
                rows = self._sealed(group)
                await self._commit(group, rows)
            except Exception as failure:  # noqa: BLE001 - whatever it is, those who wait must hear
                _answer(group, failure)
        # Here and not when the task is done: what arrives in between must find that a writer is free.
        self._writers.discard(asyncio.current_task())

    def _next(self) -> list[_Waiting]:
        """Those who still wait, oldest first."""
        group: list[_Waiting] = []
        while self._waiting and len(group) < GROUP_MAX:
            one = self._waiting.popleft()
            if not one.kept.done():
                group.append(one)
        return group

    def _sealed(self, group: Sequence[_Waiting]) -> list[DeliveryRow]:
        """As rows: the bodies sealed under one key, which is gone when this returns."""
        seal = self._box.sealer()
        return [
            DeliveryRow(
                one.id,
                one.peer,
                one.outcome,
                len(one.body or b""),
                None if one.body is None else seal(one.body, bound_to=one.id.bytes),
            )
            for one in group
        ]

    async def _commit(self, group: Sequence[_Waiting], rows: Sequence[DeliveryRow]) -> None:
        try:
            await self._store.store(rows)
        except DeliveryRefused:
            for one, row in zip(group, rows, strict=True):
                await self._alone(one, row)
            return
        _answer(group, None)

    async def _alone(self, one: _Waiting, row: DeliveryRow) -> None:
        try:
            await self._store.store([row])
        except (DeliveryRefused, Unavailable) as failure:
            _answer([one], failure)
        else:
            _answer([one], None)


def _answer(group: Sequence[_Waiting], failure: Exception | None) -> None:
    """Let those go who wait; a failure reaches each of them as `Unavailable`."""
    for one in group:
        if one.kept.done():
            continue
        if failure is None:
            one.kept.set_result(None)
        else:
            phase = getattr(failure, "phase", None) or "store"
            one.kept.set_exception(Unavailable(phase=phase))
