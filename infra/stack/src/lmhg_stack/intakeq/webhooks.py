"""Posts webhooks to one address, in the background, and keeps count of what became of them.

IntakeQ documents no retry, order or timeout; the simulator tries a few times, so that a killed
receiver is a delay and not a hole, and `tries=1` gives the worst case.
"""

import asyncio
import contextlib
from collections import Counter, deque
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from lmhg_stack.intakeq.faults import Faults
from lmhg_stack.intakeq.practice import Webhook

TIMEOUT_S = 10.0
FIRST_PAUSE_S = 0.5
MAX_WAITING = 10_000
SENDERS = 4
KEPT = 200


@dataclass(frozen=True)
class Sent:
    """What became of one webhook."""

    event: str
    status: int
    tries: int
    seconds: float


@dataclass
class Sender:
    """A bounded queue of webhooks and the tasks that post them."""

    url: str
    tries: int
    faults: Faults = field(default_factory=Faults)
    statuses: Counter[int] = field(default_factory=Counter[int])
    waiting: int = 0
    recent: deque[Sent] = field(default_factory=lambda: deque[Sent](maxlen=KEPT))
    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def __post_init__(self) -> None:
        self._queue = asyncio.Queue[Webhook](maxsize=MAX_WAITING)
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S)

    def start(self) -> None:
        """Begin to post."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(SENDERS)]

    async def stop(self) -> None:
        """Stop posting; what waits is forgotten, as IntakeQ would."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._client.aclose()

    async def send(self, webhook: Webhook) -> None:
        """Queue one, unless it is one that is never sent."""
        if self.faults.loses():
            return
        self.waiting += 1
        await self._queue.put(webhook)

    async def settle(self) -> None:
        """Return when every queued webhook has been answered or given up."""
        await self._queue.join()

    async def _work(self) -> None:
        while True:
            webhook = await self._queue.get()
            try:
                if self.faults.late_s:
                    await asyncio.sleep(self.faults.late_s)
                await self._deliver(webhook)
            finally:
                self.waiting -= 1
                self._queue.task_done()

    async def _deliver(self, webhook: Webhook) -> None:
        status, pause, number, seconds = 0, FIRST_PAUSE_S, 0, 0.0
        for number in range(1, self.tries + 1):
            status, seconds = await self._post(webhook)
            if 200 <= status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS:
                break
            if number < self.tries:
                await asyncio.sleep(pause)
                pause *= 2
        self.statuses[status] += 1
        self.recent.append(Sent(webhook.event, status, number, seconds))

    async def _post(self, webhook: Webhook) -> tuple[int, float]:
        clock = asyncio.get_running_loop().time
        start = clock()
        try:
            answer = await self._client.post(self.url, json=webhook.body)
        except httpx.HTTPError:
            return 0, clock() - start
        return answer.status_code, clock() - start
