"""Worker loops: rung, repeated, failing alone, and healthy again after a failure."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from prometheus_client import CollectorRegistry

from lmhg_kit import loops
from lmhg_kit.loops import Apart, Loop, Loops
from lmhg_stack.testing import PlaneDatabase

LIMIT_S = 20


async def until(happened: Callable[[], bool]) -> None:
    """Give way to the loops until it happened."""
    async with asyncio.timeout(LIMIT_S):
        while not happened():  # noqa: ASYNC110 - no event tells of a metric
            await asyncio.sleep(0)  # lets the other tasks run; no time passes


def running(cloud: PlaneDatabase, *made: Loop) -> Loops:
    """Loops over a real database."""
    return Loops(cloud.url("po_worker"), made, registry=CollectorRegistry())


def step_of(results: list[int | Exception], seen: list[int]) -> Callable[[], Awaitable[int]]:
    """A step that gives these results, then nothing more."""

    async def step() -> int:
        seen.append(len(seen))
        result = results.pop(0) if results else 0
        if isinstance(result, Exception):
            raise result
        return result

    return step


async def test_bell_wakes_a_loop_that_would_sleep_for_an_hour(cloud: PlaneDatabase) -> None:
    """A notification is enough; nobody waits for the interval."""
    seen: list[int] = []
    loop = Loop("rung", step_of([], seen), 3600.0, ("test_bell",))
    async with running(cloud, loop).running():
        await until(lambda: len(seen) >= 2)  # once by itself, once when the bells began to be heard
        before = len(seen)
        await cloud.run("notify test_bell", role="po_worker")
        await until(lambda: len(seen) > before)


async def test_work_is_repeated_at_once(cloud: PlaneDatabase) -> None:
    """While there is work the loop does not sleep."""
    seen: list[int] = []
    async with running(cloud, Loop("busy", step_of([5, 5, 5], seen), 3600.0)).running():
        await until(lambda: len(seen) >= 4)


async def test_loop_that_is_rung_while_it_is_stopped_ends(cloud: PlaneDatabase) -> None:
    """The bell and the end in one turn: the loop ends, and does not sleep for an hour more."""
    seen: list[int] = []
    loop = Loop("rung", step_of([], seen), 3600.0)
    async with asyncio.timeout(LIMIT_S), running(cloud, loop).running():
        await until(lambda: len(seen) >= 2)  # once by itself, once when the bells began to be heard
        loop.rung.set()
    assert len(seen) == 2


async def test_task_that_swallows_a_cancellation_is_canceled_again(
    cloud: PlaneDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library's fault does not keep the process from its end."""
    monkeypatch.setattr(loops, "CANCEL_AGAIN_S", 0.01)
    swallowed: list[int] = []

    async def deaf() -> int:
        while len(swallowed) < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed.append(1)
        await asyncio.Event().wait()
        return 0

    async with asyncio.timeout(LIMIT_S), running(cloud, Loop("deaf", deaf, 1.0)).running():
        await asyncio.sleep(0)  # lets the task begin; no time passes
    assert len(swallowed) == 2


async def test_failure_is_tried_again_and_health_returns(
    cloud: PlaneDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One loop's failure does not stop another, and does not last."""
    monkeypatch.setattr(loops, "BACKOFF_FIRST_S", 0.01)
    failing: list[int] = []
    fine: list[int] = []
    made = running(
        cloud,
        Loop("failing", step_of([RuntimeError("x"), 1], failing), 3600.0),
        Loop("fine", step_of([], fine), 3600.0),
    )
    async with made.running():
        await until(lambda: not made.is_healthy)
        await until(lambda: made.is_healthy and len(failing) >= 3)
        assert fine


async def test_endless_step_is_healthy_again_while_it_runs(
    cloud: PlaneDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that never returns must not stay broken after it was started again."""
    monkeypatch.setattr(loops, "BACKOFF_FIRST_S", 0.01)
    monkeypatch.setattr(loops, "ENDLESS_HEALTHY_S", 0.01)
    starts: list[int] = []

    async def endless() -> int:
        starts.append(1)
        if len(starts) == 1:
            raise RuntimeError("listener gone")
        await asyncio.Event().wait()
        return 0

    made = running(cloud, Loop("jobs", endless, 1.0, endless=True))
    async with made.running():
        await until(lambda: not made.is_healthy)
        await until(lambda: made.is_healthy and len(starts) == 2)


@pytest.mark.found("I1", "one guard for the items of every loop: what fails in one stays with it")
async def test_item_that_fails_keeps_no_other_from_its_turn_and_is_told() -> None:
    """Of three items the second fails: the third is done, and the step still counts as failed."""
    apart, done = Apart("test"), []
    for number in range(3):
        async with apart.item(number):
            if number == 1:
                raise RecursionError
            done.append(number)
    assert done == [0, 2]
    with pytest.raises(RecursionError):
        apart.tell()
    Apart("test").tell()


async def test_item_that_is_canceled_ends_the_step() -> None:
    """The end of the process is no failure of an item."""
    apart = Apart("test")
    with pytest.raises(asyncio.CancelledError):
        async with apart.item(1):
            raise asyncio.CancelledError
    assert apart.failures == []
