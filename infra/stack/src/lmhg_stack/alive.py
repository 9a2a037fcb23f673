"""Whether a process of ours still lives, told by a lock it holds and not by its number.

A number can be given to someone else after a crash; an flock cannot. The lock's descriptor is
inherited by the process and dropped by us, so the lock lives exactly as long as the process
(and what it started).
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.05


@dataclass(frozen=True)
class Lease:
    """The lock file of one process; its text is the process id."""

    file: Path

    def is_held(self) -> bool:
        """Whether the process lives."""
        try:
            descriptor = os.open(self.file, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def pid(self) -> int | None:
        """The process id, while it lives."""
        if not self.is_held():
            return None
        text = self.file.read_text().strip()
        return int(text) if text.isdigit() else None

    @contextlib.contextmanager
    def taken(self) -> Iterator[int]:
        """The locked descriptor, to be inherited by the process about to start.

        Raises: BlockingIOError when someone holds it.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield descriptor
        finally:
            os.close(descriptor)

    def write(self, pid: int) -> None:
        """Note the process id."""
        self.file.write_text(str(pid))

    def end(self, *, sign: int = signal.SIGTERM, grace_s: float) -> None:
        """Ask the process to end, after the grace end it, and return when it has."""
        pid = self.pid()
        if pid is None:
            return
        _signal(pid, sign)
        if not self._gone_within(grace_s):
            _signal(pid, signal.SIGKILL)
            self._gone_within(grace_s)

    def _gone_within(self, limit_s: float) -> bool:
        end = time.monotonic() + limit_s
        while self.is_held():
            if time.monotonic() > end:
                return False
            time.sleep(POLL_S)
        return True


def _signal(pid: int, sign: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)
