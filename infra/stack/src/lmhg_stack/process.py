"""Child processes: start one with its log, wait for it, stop it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

START_LIMIT_S = 60.0
STOP_GRACE_S = 8.0
POLL_S = 0.05


class StackError(Exception):
    """Something of the embedded stack did not come up; the text says what and where to look."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One process to run, complete: nothing else of our environment reaches it."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    cwd: Path = Path("/")
    user: str | None = None
    stop_signal: int = signal.SIGTERM


class Server(Protocol):
    """One embedded server: its files, its command line, and how to see that it works."""

    @property
    def name(self) -> str:
        """The name it has in the process table and in its log's file name."""
        ...

    def prepare(self) -> None:
        """Write what it needs before the first start; a second call changes nothing."""
        ...

    def command(self) -> Command:
        """The process to run in the foreground."""
        ...

    def is_ready(self) -> bool:
        """Whether it answers now."""
        ...


ServerT = TypeVar("ServerT", bound=Server)


def base_env() -> dict[str, str]:
    """The environment every child gets: a path, a locale, and no setting of ours.

    While `make coverage` measures, its children are told so.
    """
    keep = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "COVERAGE_PROCESS_CONFIG")
    return {name: os.environ[name] for name in keep if name in os.environ}


def script(name: str) -> str:
    """The path of a console script or binary of this environment.

    Raises: StackError, naming the missing one.
    """
    path = Path(sys.executable).parent / name
    if not path.exists():
        msg = f"{name} is not installed beside {sys.executable}; run `make venv`"
        raise StackError(msg)
    return str(path)


def spawn(command: Command, log: Path, *, inherit: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
    """Start it in its own session, both outputs appended to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**base_env(), **command.env},
            cwd=command.cwd,
            user=command.user,
            group=_group_of(command.user),
            extra_groups=[] if command.user else None,
            start_new_session=True,
            pass_fds=inherit,
        )


def _group_of(user: str | None) -> int | None:
    if user is None:
        return None
    import pwd  # noqa: PLC0415 - only POSIX has it, and only root needs it

    return pwd.getpwnam(user).pw_gid


def stop(
    process: subprocess.Popen[bytes],
    *,
    sign: int = signal.SIGTERM,
    grace_s: float = STOP_GRACE_S,
) -> None:
    """Ask it to end; after the grace, end it."""
    if process.poll() is not None:
        return
    process.send_signal(sign)
    try:
        process.wait(timeout=grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(
    is_ready: Callable[[], bool],
    what: str,
    *,
    limit_s: float = START_LIMIT_S,
    still: Callable[[], bool] = lambda: True,
) -> None:
    """Return when ready; `still` turning false ends the wait early.

    Raises: StackError, naming what did not come.
    """
    end = time.monotonic() + limit_s
    while not is_ready():
        if not still():
            msg = f"{what} ended before it was ready"
            raise StackError(msg)
        if time.monotonic() > end:
            msg = f"{what} is not ready after {limit_s:.0f} s"
            raise StackError(msg)
        time.sleep(POLL_S)


@contextmanager
def running(server: ServerT, *, logs: Path) -> Iterator[ServerT]:
    """A prepared, started, ready server for the length of the block: what tests use."""
    server.prepare()
    log = logs / f"{server.name}.log"
    process = spawn(server.command(), log)
    try:
        wait_until(
            server.is_ready, f"{server.name} (log: {log})", still=lambda: process.poll() is None
        )
        yield server
    finally:
        stop(process, sign=server.command().stop_signal)
