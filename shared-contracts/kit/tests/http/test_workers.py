"""Several processes on one address: all answer, a dead one is replaced, none outlives its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import psutil
import pytest

from lmhg_stack.ports import free_ports
from lmhg_stack.process import wait_until

PROGRAM = """
import os, sys
from litestar import get
from lmhg_kit.http.access import public
from lmhg_kit.http.app import AppParts, build_app
from lmhg_kit.http.edge import EdgePolicy
from lmhg_kit.feature import Feature
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.serve import serve
from lmhg_kit.http.zones import Zones
from lmhg_kit.logs import configure

@get("/", opt=public())
async def front() -> str:
    return str(os.getpid())

async def ready() -> bool:
    return True

configure(process="demo")
policy = EdgePolicy(zones=Zones(None), public_url="http://" + sys.argv[1], production=False)
feature = Feature(name="demo", app="demo", pages=(front,))
edge = build_app(AppParts(name="demo", policy=policy, features=FeatureSet((feature,), app="demo")))
serve(edge, listen=sys.argv[1], metrics_listen=sys.argv[2], registry=edge.metrics.registry,
      ready=ready, workers=int(sys.argv[3]))
"""


class Running:
    """A parent with its workers."""

    def __init__(self, process: subprocess.Popen[bytes], own: int, private: int) -> None:
        self.process = process
        self.own = own
        self.private = private

    def answers(self, times: int = 40) -> set[int]:
        """The processes that answered, each request on a connection of its own."""
        found: set[int] = set()
        for _ in range(times):
            try:
                found.add(int(httpx.get(f"http://127.0.0.1:{self.own}/").text))
            except httpx.HTTPError:
                continue
        return found

    @property
    def workers(self) -> set[int]:
        """Every worker that there is."""
        return {child.pid for child in psutil.Process(self.process.pid).children()}


@pytest.fixture
def running() -> Iterator[Running]:
    """Two workers, ready."""
    own, private, _second = free_ports(3)
    argv = [sys.executable, "-c", PROGRAM, f"127.0.0.1:{own}", f"127.0.0.1:{private}", "2"]
    process = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    made = Running(process, own, private)
    try:
        wait_until(lambda: len(made.answers(20)) == 2, "both workers")
        yield made
    finally:
        process.kill()
        process.wait()


def test_all_answer_at_the_address_and_the_parent_does_not(running: Running) -> None:
    """Each has a private port of its own: the one that is set, plus its number."""
    assert running.answers() == running.workers
    assert running.process.pid not in running.answers()
    for number in range(2):
        ready = f"http://127.0.0.1:{running.private + number}/health/ready"
        wait_until(lambda ready=ready: _says_200(ready), f"the private port of worker {number}")


def _says_200(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.ConnectError:
        return False


def test_a_dead_one_is_replaced(running: Running) -> None:
    """The others go on meanwhile."""
    dead, other = sorted(running.workers)
    os.kill(dead, signal.SIGKILL)
    assert other in running.answers()
    wait_until(lambda: len(running.answers(20)) == 2, "the one that takes its place")
    assert dead not in running.answers()


def test_told_to_end_all_of_them_end(running: Running) -> None:
    """The parent waits for each, and ends well."""
    workers = running.workers
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=10) == 0
    assert not [pid for pid in workers if psutil.pid_exists(pid)]


def test_workers_do_not_outlive_their_parent(running: Running) -> None:
    """Killed, it can tell them nothing; they notice."""
    workers = running.workers
    running.process.kill()
    running.process.wait()
    wait_until(lambda: not [pid for pid in workers if psutil.pid_exists(pid)], "their end")


STARTING = """
import os, signal, sys
from lmhg_kit.http.workers import run_workers

def work(number):
    if number == int(sys.argv[1]):
        os.kill(os.getppid(), signal.SIGTERM)
    while True:
        signal.pause()

run_workers(4, work)
"""


@pytest.mark.parametrize("number", range(4))
def test_end_that_comes_while_workers_start_reaches_every_one(number: int) -> None:
    """Told by one of the workers themselves, as early as there is one: the parent ends, and all with it."""
    argv = [sys.executable, "-c", STARTING, str(number)]
    process = subprocess.Popen(argv, start_new_session=True)
    try:
        assert process.wait(timeout=20) == 0
        assert not [each for each in psutil.process_iter() if _of_group(each.pid, process.pid)]
    finally:
        if _group_lives(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _of_group(pid: int, group: int) -> bool:
    try:
        return os.getpgid(pid) == group
    except ProcessLookupError:
        return False


def _group_lives(group: int) -> bool:
    return any(_of_group(each.pid, group) for each in psutil.process_iter())
