"""The end of background tasks: a library may swallow a cancellation, so one is not enough."""

import asyncio
from typing import Any

import structlog

log = structlog.get_logger()

CANCEL_AGAIN_S = 1.0


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task until it has ended; a failure of its own is logged by its class alone.

    Before Python 3.12 `asyncio.wait_for`, which nats-py uses, swallows a cancellation that comes in
    the same turn of the loop as its result (python/cpython#86296).
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=CANCEL_AGAIN_S)
    if not task.cancelled() and (failure := task.exception()):
        log.error("task.failed", task=task.get_name(), error=type(failure).__name__)
