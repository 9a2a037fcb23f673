"""The end of background tasks."""

import asyncio

import pytest
from structlog.testing import capture_logs

from lmhg_relay import tasks


async def test_task_that_swallows_a_cancellation_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """One cancellation that a library swallows does not keep the relay from its end."""
    monkeypatch.setattr(tasks, "CANCEL_AGAIN_S", 0.01)
    swallowed: list[int] = []

    async def deaf() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            swallowed.append(1)
        await asyncio.Event().wait()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)  # lets the task begin; no time passes
    async with asyncio.timeout(20):
        await tasks.ended(task)
    assert task.cancelled()
    assert swallowed == [1]


async def test_failure_at_the_end_is_told_by_its_class_alone() -> None:
    """What the failure says may hold a value; its class may not."""

    async def failing() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            message = "CANARY"
            raise ValueError(message)

    task = asyncio.create_task(failing(), name="ferry")
    await asyncio.sleep(0)  # lets the task begin; no time passes
    with capture_logs() as lines:
        await tasks.ended(task)
    assert lines == [
        {"event": "task.failed", "log_level": "error", "task": "ferry", "error": "ValueError"}
    ]
