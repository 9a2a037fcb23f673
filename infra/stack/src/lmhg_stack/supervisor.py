"""The one process that starts the others, and starts again whichever dies.

`python -m lmhg_stack.supervisor <folder>`; `lmhg-stack up` runs it in the background. A process
that ends is started again after a pause that doubles up to a bound and is forgotten once it has
lived a while.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lmhg_stack import stackfile
from lmhg_stack.alive import Lease
from lmhg_stack.layout import Layout
from lmhg_stack.plan import Plan, Process
from lmhg_stack.preparation import prepare_all, provision
from lmhg_stack.process import STOP_GRACE_S, StackError, spawn, wait_until
from lmhg_stack.wishes import NONE, Wish, Wishes

FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 8.0
STEADY_S = 20.0
TICK_S = 0.1


@dataclass
class Child:
    """A process of the table and its present life."""

    process: Process
    lease: Lease
    log: Path
    wish: Wish = NONE
    popen: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    next_start_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    restarts: int = 0

    @property
    def pid(self) -> int | None:
        """The process id, while it lives."""
        return self.popen.pid if self.popen is not None and self.popen.poll() is None else None

    def start(self) -> None:
        """Start it now."""
        command = self.process.with_env(self.wish.env).command
        with self.lease.taken() as descriptor:
            self.popen = spawn(command, self.log, inherit=(descriptor,))
        self.lease.write(self.popen.pid)
        self.started_at = time.monotonic()

    def stop(self) -> None:
        """Ask it to end, and see that it does, with whatever it started."""
        sign = self.process.command.stop_signal
        self.lease.end(sign=sign, grace_s=STOP_GRACE_S)
        if self.popen is not None:
            self.popen.wait()
            self.popen = None

    def tend(self, now: float) -> bool:
        """Start it again if it has ended and its pause is over; whether anything changed."""
        if self.wish.stopped or self.pid is not None:
            return False
        if self.popen is not None:
            steady = now - self.started_at > STEADY_S
            self.pause_s = FIRST_PAUSE_S if steady else min(self.pause_s * 2, LONGEST_PAUSE_S)
            self.next_start_at = now + self.pause_s
            self.popen = None
            self.restarts += 1
        if now < self.next_start_at or self.lease.is_held():
            return False
        self.start()
        return True


@dataclass
class Supervisor:
    """All children of one stack."""

    plan: Plan
    children: dict[str, Child] = field(default_factory=dict[str, Child])
    stopping: bool = False

    @property
    def layout(self) -> Layout:
        """Where the stack keeps things."""
        return self.plan.layout

    @property
    def wishes(self) -> Wishes:
        """What others ask of this supervisor."""
        return Wishes(self.layout.run / "wishes.json")

    def run(self) -> None:
        """Start everything, then tend it until told to stop."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._ask_to_stop)
        try:
            self._begin()
            self._phase("tending")
            stamp = 0
            while not self.stopping:
                stamp = self._grant_wishes(stamp)
                now = time.monotonic()
                started = [name for name, child in self.children.items() if child.tend(now)]
                if started:
                    self._report()
                if "nats" in started:
                    self._provision_again()
                time.sleep(TICK_S)
        except StackError as error:
            self._phase(f"failed: {error}")
            raise
        finally:
            self._end()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _begin(self) -> None:
        self._phase("servers")
        for server in self.plan.servers():
            server.prepare()
        table = self.plan.table()
        self.children = {process.name: self._child(process) for process in table}
        for child in self.children.values():
            child.stop()  # a supervisor that was killed leaves its children behind
        servers = [child for child in self.children.values() if child.process.is_server]
        for child in servers:
            child.start()
        for child in servers:
            wait_until(child.process.is_ready, f"{child.process.name} (log: {child.log})")
        self._phase("databases")
        prepare_all(self.plan)
        self._phase("processes")
        for child in self.children.values():
            if child.pid is None:
                child.start()
        self._report()

    def _child(self, process: Process) -> Child:
        lease = Lease(self.layout.run / f"{process.name}.lock")
        return Child(process, lease, self.layout.log(process.name))

    def _grant_wishes(self, last: int) -> int:
        stamp = self.wishes.stamp()
        if stamp == last:
            return stamp
        wished = self.wishes.read()
        for name, child in self.children.items():
            wish = wished.get(name, NONE)
            if wish == child.wish:
                continue
            child.wish = wish
            child.stop()
            child.next_start_at = 0.0
        self._report()
        return stamp

    def _provision_again(self) -> None:
        """A broker that came back may have come back empty; no relay half may create streams."""
        broker = self.children["nats"]

        def heal() -> None:
            wait_until(broker.process.is_ready, "nats")
            provision(self.plan)

        threading.Thread(target=heal, name="provision", daemon=True).start()

    def _end(self) -> None:
        """Stop the planes' processes together, then the servers together."""
        for servers in (False, True):
            group = [c for c in self.children.values() if c.process.is_server is servers]
            with ThreadPoolExecutor(max(len(group), 1)) as pool:
                list(pool.map(Child.stop, group))

    def _phase(self, text: str) -> None:
        stackfile.write_atomically(self.layout.run / "phase", text)

    def _report(self) -> None:
        stackfile.write(self.plan, self.pids())
        state = {
            name: {"pid": child.pid, "restarts": child.restarts}
            for name, child in self.children.items()
        }
        stackfile.write_atomically(self.layout.run / "state.json", json.dumps(state))

    def pids(self) -> dict[str, int]:
        """Who lives now."""
        found: Mapping[str, int | None] = {n: c.pid for n, c in self.children.items()}
        return {name: pid for name, pid in found.items() if pid is not None}


def main() -> None:
    """Supervise the stack of one folder: `supervisor <folder> <site> <extra settings as JSON>`."""
    folder, site, extra = sys.argv[1:4]
    layout = Layout(Path(folder), site=site)
    ports = json.loads(layout.ports_file.read_text())
    lease = Lease(layout.run / "supervisor.lock")
    with lease.taken():
        lease.write(os.getpid())
        Supervisor(Plan(layout, ports, json.loads(extra))).run()


if __name__ == "__main__":
    main()
