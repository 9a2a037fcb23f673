"""A stack as a thing to hold: start it, look at it, stop parts of it, throw it away.

Tests use it like this: `with Stack.private(folder) as stack: ...`.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lmhg_stack import ports
from lmhg_stack.alive import Lease
from lmhg_stack.layout import DEFAULT_FOLDER, Layout
from lmhg_stack.plan import Plan
from lmhg_stack.process import StackError, base_env, wait_until
from lmhg_stack.wishes import NONE, Wish, Wishes

UP_LIMIT_S = 120.0
DOWN_LIMIT_S = 40.0
READY_LIMIT_S = 30.0
PASSED_ON = (
    "LMHG_LOG_LEVEL",
    "LMHG_INTAKEQ_CALLS_PER_MINUTE",
    "LMHG_INTAKEQ_CALLS_PER_DAY",
    "LMHG_SIM_PLAY",
    "LMHG_SIM_SEED",
    "LMHG_SIM_WEBHOOK_TRIES",
)


def passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings of the caller's environment that the stack's processes get."""
    return {name: environ[name] for name in PASSED_ON if name in environ}


@dataclass
class Stack:
    """The stack of one folder; it may be running or not."""

    layout: Layout
    base: int = ports.DEFAULT_BASE
    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    _started: subprocess.Popen[bytes] | None = None

    @classmethod
    def at(cls, folder: Path = DEFAULT_FOLDER, **extra: str) -> "Stack":
        """The stack of a folder, with the caller's settings."""
        base = int(os.environ.get("LMHG_PORT_BASE", ports.DEFAULT_BASE))
        return cls(Layout(folder.absolute()), base, {**passed_on(os.environ), **extra})

    @classmethod
    @contextlib.contextmanager
    def private(cls, folder: Path, **extra: str) -> Iterator["Stack"]:
        """A stack on free ports that lives as long as the block and leaves nothing."""
        stack = cls(Layout(folder.absolute()), extra=extra)
        folder.mkdir(parents=True, exist_ok=True)
        stack.layout.ports_file.write_text(json.dumps(ports.private()))
        try:
            stack.up()
            yield stack
        finally:
            stack.reset()

    @cached_property
    def plan(self) -> Plan:
        """Its process table. Makes keys and chooses ports when there are none."""
        self.layout.keys.create()
        known = ports.remembered(self.layout.ports_file, base=self.base)
        return Plan(self.layout, known, self.extra)

    @property
    def supervisor(self) -> Lease:
        """The lock of its supervisor."""
        return Lease(self.layout.run / "supervisor.lock")

    @property
    def wishes(self) -> Wishes:
        """What is asked of the supervisor."""
        return Wishes(self.layout.run / "wishes.json")

    @property
    def facts(self) -> dict[str, Any]:
        """The contents of stack.json."""
        return json.loads(self.layout.stack_file.read_text())

    def is_up(self) -> bool:
        """Whether the supervisor lives."""
        return self.supervisor.is_held()

    def phase(self) -> str:
        """What the supervisor is doing."""
        try:
            return (self.layout.run / "phase").read_text()
        except FileNotFoundError:
            return ""

    def up(self, *, say: Callable[[str], None] = lambda _: None) -> None:
        """Start what does not run and return when all is well. Raises: StackError."""
        if not self.is_up():
            self._start_supervisor()
        told = ""
        end = time.monotonic() + UP_LIMIT_S
        while (phase := self.phase()) != "tending":
            if phase != told:
                say(phase)
                told = phase
            if not self.is_up() or time.monotonic() > end:
                log = self.layout.log("supervisor")
                message = f"the stack did not start ({phase or 'no phase'}); see {log}"
                raise StackError(message)
            time.sleep(0.05)
        say("health")
        self.wait_ready(limit_s=max(end - time.monotonic(), READY_LIMIT_S))

    def wait_ready(self, *names: str, limit_s: float = READY_LIMIT_S) -> None:
        """Return when these processes (or all) say that they are ready. Raises: StackError."""
        waiting = [p for p in self.plan.table() if not names or p.name in names]
        end = time.monotonic() + limit_s
        for process in waiting:
            left = max(end - time.monotonic(), 0.5)
            log = self.layout.log(process.name)
            wait_until(process.is_ready, f"{process.name} (log: {log})", limit_s=left)

    def down(self) -> None:
        """Stop everything; data and keys stay."""
        if self.is_up():
            self.supervisor.end(sign=signal.SIGTERM, grace_s=DOWN_LIMIT_S)
        if self._started is not None:
            self._started.wait()
            self._started = None
        for process in reversed(self.plan.table()):
            lease = Lease(self.layout.run / f"{process.name}.lock")
            lease.end(sign=process.command.stop_signal, grace_s=5.0)
        shutil.rmtree(self.layout.run, ignore_errors=True)

    def reset(self) -> None:
        """Stop everything and forget it: data, keys, logs, ports."""
        if not self.layout.folder.exists():
            return
        self.down()
        for plane in ("onprem", "cloud"):
            self.plan.postgres(plane).wipe()
            self.plan.s3(plane).wipe()
        shutil.rmtree(self.layout.folder)
        self.__dict__.pop("plan", None)

    def pid(self, name: str) -> int | None:
        """The process id of one process, while it lives."""
        return Lease(self.layout.run / f"{name}.lock").pid()

    def stop(self, name: str) -> None:
        """Stop one process and keep it stopped."""
        self.wishes.put(name, Wish(stopped=True))
        wait_until(lambda: self.pid(name) is None, f"the end of {name}", limit_s=DOWN_LIMIT_S)

    def start(self, name: str) -> None:
        """Take a stop or changed settings back; returns when it is ready."""
        wished = self.wishes.read().get(name, NONE)
        before = None if wished.stopped else self.pid(name)
        self.wishes.put(name, NONE)
        if wished != NONE:
            wait_until(lambda: self.pid(name) not in (None, before), f"the start of {name}")
        self.wait_ready(name)

    def restart_with(self, name: str, env: Mapping[str, str]) -> None:
        """Run one process with other settings until `start` takes that back."""
        before = self.pid(name)
        self.wishes.put(name, Wish(env=env))
        wait_until(lambda: self.pid(name) not in (None, before), f"the restart of {name}")
        self.wait_ready(name)

    def kill(self, name: str) -> int:
        """`kill -9` one process; its number, so that a new life can be told from the old."""
        pid = self.pid(name)
        if pid is None:
            message = f"{name} is not running"
            raise StackError(message)
        os.kill(pid, signal.SIGKILL)
        return pid

    def _start_supervisor(self) -> None:
        layout = self.layout
        plan = self.plan
        layout.run.mkdir(parents=True, exist_ok=True)
        (layout.run / "phase").unlink(missing_ok=True)
        (layout.run / "wishes.json").unlink(missing_ok=True)
        layout.logs.mkdir(parents=True, exist_ok=True)
        with layout.log("supervisor").open("ab") as log:
            self._started = subprocess.Popen(
                [
                    sys.executable, "-m", "lmhg_stack.supervisor",
                    str(layout.folder), layout.site, json.dumps(dict(plan.extra)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=base_env(),
                cwd=layout.folder,
                start_new_session=True,
            )  # fmt: skip
        wait_until(self.supervisor.is_held, "the supervisor", limit_s=10.0)
