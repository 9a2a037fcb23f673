"""Worker loops: each does its step when a bell rings, and every so often without one.

A lost bell costs only time. A failing step is logged and tried again with a growing delay; one
loop's failure never stops another. The process ends cleanly on SIGTERM.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from prometheus_client import CollectorRegistry, Counter, Gauge

from lmhg_kit.http.workers import is_first
from lmhg_kit.logs import get_logger

BACKOFF_FIRST_S = 0.5
BACKOFF_MAX_S = 30.0
LISTEN_RETRY_S = 2.0
CANCEL_AGAIN_S = 1.0
ENDLESS_HEALTHY_S = 3.0
AT_ONCE = 20
"""Items that one look finds."""

Step = Callable[[], Awaitable[int]]
_log = get_logger()


class Apart:
    """Guards the items of a step one by one: what fails in one stays with it.

    `async with apart.item(id), tx.begin_nested(): ...` does one item; its failure is logged by
    class and code and undone alone, and the next item goes on. `tell` raises the first failure
    once the others are done and committed, so that the loop still counts as failing.
    """

    def __init__(self, job: str) -> None:
        self._job = job
        self.failures: list[Exception] = []

    @asynccontextmanager
    async def item(self, record_id: object = "") -> AsyncIterator[None]:
        """Do one item."""
        try:
            yield
        except Exception as failure:  # noqa: BLE001 - an item's failure, whatever it is, stays its own
            self.failures.append(failure)
            _log.error("item.failed", job=self._job, record_id=record_id, exc_info=failure)

    async def each(
        self,
        find: Callable[[uuid.UUID, int], Awaitable[Sequence[uuid.UUID]]],
        act: Callable[[uuid.UUID], Awaitable[None]],
        *,
        until: Callable[[Exception], bool] = lambda _: False,
    ) -> int:
        """Do it with each that is found, some at a time, past those that fail; how many were done.

        `find` gives the next ids behind one of them, in their order. It ends early once a failure is one that
        every other item would meet too.
        """
        done, after = 0, uuid.UUID(int=0)
        while True:
            found = await find(after, AT_ONCE)
            for each in found:
                async with self.item(each):
                    await act(each)
                    done += 1
                if any(until(failure) for failure in self.failures):
                    return done
            if len(found) < AT_ONCE:
                return done
            after = found[-1]

    def tell(self) -> None:
        """Say that something failed. Raises: the first failure, if there was one."""
        if self.failures:
            raise self.failures[0]


@dataclass
class Loop:
    """A step to repeat: at once while it finds work, else when rung or after `every_s`.

    An `endless` step returns only by failing; it counts as healthy once it has run for a while.
    """

    name: str
    step: Step
    every_s: float
    channels: tuple[str, ...] = ()
    endless: bool = False
    everywhere: bool = False
    """True for what each of several workers needs for itself; the others run in the first alone."""
    rung: asyncio.Event = field(default_factory=asyncio.Event)


class Loops:
    """The loops of one worker process, with their bells."""

    def __init__(self, url: str, loops: Sequence[Loop], *, registry: CollectorRegistry) -> None:
        self._url = url
        self._loops = loops
        self._steps = Counter("lmhg_loop_items", "Items done.", ("loop",), registry=registry)
        self._failures = Counter(
            "lmhg_loop_failures", "Failed steps.", ("loop",), registry=registry
        )
        self._healthy = Gauge(
            "lmhg_loop_healthy", "Last step succeeded.", ("loop",), registry=registry
        )
        self._broken: set[str] = set()

    @property
    def is_healthy(self) -> bool:
        """Whether the last step of every loop succeeded."""
        return not self._broken

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run every loop until the block ends."""
        mine = [loop for loop in self._loops if loop.everywhere or is_first()]
        tasks = [asyncio.create_task(self._repeat(loop), name=loop.name) for loop in mine]
        tasks.append(asyncio.create_task(self._listen(), name="bells"))
        try:
            yield
        finally:
            await _ended(tasks)

    async def _repeat(self, loop: Loop) -> None:
        delay = BACKOFF_FIRST_S
        while True:
            loop.rung.clear()
            proving = self._prove(loop) if loop.endless else None
            try:
                done = await loop.step()
            except Exception as failure:  # noqa: BLE001 - a loop outlives any failure of its step
                self._record(loop, failure)
                await asyncio.sleep(delay)
                delay = min(delay * 2, BACKOFF_MAX_S)
                continue
            finally:
                if proving is not None:
                    proving.cancel()
            delay = BACKOFF_FIRST_S
            self._record(loop, None)
            self._steps.labels(loop.name).inc(done)
            if not done:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(loop.every_s):
                        await loop.rung.wait()

    def _prove(self, loop: Loop) -> asyncio.TimerHandle:
        running = asyncio.get_running_loop()
        return running.call_later(ENDLESS_HEALTHY_S, self._record, loop, None)

    def _record(self, loop: Loop, failure: Exception | None) -> None:
        self._healthy.labels(loop.name).set(0 if failure else 1)
        if failure is None:
            self._broken.discard(loop.name)
            return
        self._broken.add(loop.name)
        self._failures.labels(loop.name).inc()
        _log.error("loop.failed", job=loop.name, exc_info=failure)

    async def _listen(self) -> None:
        """Hold one connection that hears the bells; make it again when it breaks."""
        while True:
            try:
                link: Any = await asyncpg.connect(self._url, timeout=5)
            except (OSError, TimeoutError, asyncpg.PostgresError):
                await asyncio.sleep(LISTEN_RETRY_S)
                continue
            gone = asyncio.Event()
            link.add_termination_listener(lambda _, gone=gone: gone.set())
            try:
                for loop in self._loops:
                    for channel in loop.channels:
                        await link.add_listener(channel, _ringer(loop))
                    loop.rung.set()
                await gone.wait()
            except Exception as failure:  # noqa: BLE001 - without this task every bell is lost for good
                _log.warning("bells.lost", exc_info=failure)
                await asyncio.sleep(LISTEN_RETRY_S)
            finally:
                with contextlib.suppress(Exception):
                    await link.close(timeout=2)


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until every task has ended: a library may swallow one (python/cpython#86296)."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=CANCEL_AGAIN_S)


def _ringer(loop: Loop) -> Callable[..., None]:
    def ring(*_: object) -> None:
        loop.rung.set()

    return ring


def worker_app(loops: Loops, close: Callable[[], Awaitable[None]], private: Any) -> Any:  # noqa: ANN401 - ASGI apps
    """The private metrics app, whose lifespan runs the loops."""

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        if scope["type"] != "lifespan":
            await private(scope, receive, send)
            return
        await receive()
        async with loops.running():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await close()
        await send({"type": "lifespan.shutdown.complete"})

    return app
