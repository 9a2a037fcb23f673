"""Several processes of one application on one address, under a parent that starts and ends them.

The parent opens the address and serves nobody. What processes of one application share is in the
database; each has its own connections, its own loop and its own metrics. A worker that dies is
replaced; workers whose parent dies end.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable
from types import FrameType

from lmhg_kit.logs import get_logger

STOPS = (signal.SIGTERM, signal.SIGINT)
REPLACED_AFTER_S = 1.0
"""How long nobody takes a dead worker's place: one that dies at once is not started in a circle."""

_log = get_logger()
_number: list[int] = [0]


def is_first() -> bool:
    """Whether this process does what one of several does: background loops, beside its requests."""
    return _number[0] == 0


def run_workers(count: int, work: Callable[[int], None]) -> None:
    """Run so many processes of `work`, each told its number, until SIGTERM or SIGINT."""
    if count == 1:
        work(0)
        return
    running: dict[int, int] = {}
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)
        for pid in list(running):
            _tell(pid, number)

    for each in STOPS:
        signal.signal(each, stop)

    def start(number: int) -> None:
        """Signals wait until the worker is on the list: none is forgotten between fork and entry."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
        try:
            if not stopping:
                running[_start(number, work, before)] = number
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    for number in range(count):
        start(number)
    while running:
        pid, _status = os.wait()
        number = running.pop(pid, -1)
        if not stopping and number >= 0:
            _log.error("worker.ended", n=number)
            time.sleep(REPLACED_AFTER_S)
            start(number)


def _tell(pid: int, number: int) -> None:
    """Send a signal to a worker, unless it is gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _start(number: int, work: Callable[[int], None], mask: Iterable[int]) -> int:
    """One worker's process id; in the worker itself, which takes signals by `mask`, this never returns."""
    pid = os.fork()
    if pid:
        return pid
    for each in STOPS:
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    _number[0] = number
    status = 1
    try:
        work(number)
        status = 0
    except BaseException as failure:  # noqa: BLE001 - nothing of the parent may run in a worker
        _log.error("worker.failed", exc_info=failure)
    finally:
        os._exit(status)
    return 0
