"""kill -9 of each process and a wiped broker, in the middle of a practice day: everything settles.

`make test` kills one of each sort; `make faults` (LMHG_FAULTS=all) kills every process there is.
"""

import os

import httpx
import pytest

from lmhg_stack.demo.day import Act, Size
from lmhg_stack.demo.play import Played, play
from lmhg_stack.stack import Stack

IS_FULL = os.environ.get("LMHG_FAULTS") == "all"
SIZE = (
    Size(intakes=10, appointments=40, announcements=6, tickets=8) if IS_FULL else Size(4, 12, 3, 4)
)
ONE_OF_EACH = ("relay-onprem", "worker", "nats", "relay-cloud", "postgres-cloud", "ingress")
EVERY_ACTS = 2

pytestmark = pytest.mark.timeout(600)


def victims(stack: Stack) -> list[str]:
    """Whom to kill, in turn."""
    return [process.name for process in stack.plan.table()] if IS_FULL else list(ONE_OF_EACH)


class Killer:
    """Kills the next one every few acts, once the last has come back."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._left = victims(stack)
        self.killed: list[str] = []

    def __call__(self, number: int, _: Act) -> None:
        """After each act of the day."""
        if not self._left or number % EVERY_ACTS:
            return
        name = self._left.pop(0)
        if name == "intakeq":
            # Its queue of webhooks is IntakeQ's, not ours: let it send what it has promised.
            httpx.post(f"{self._stack.facts['addresses']['intakeq']}/_sim/settle", timeout=60)
        self._stack.kill(name)
        self.killed.append(name)


def assert_good(played: Played) -> None:
    """Planes agree, ledgers verify, nothing leaked."""
    assert [check for check in played.checks if not check.is_good] == []
    assert played.sweep.is_clean, list(played.sweep.lines())


def test_a_day_of_kills_settles(stack: Stack):
    """Each victim dies once; at the end the calendar, the match and all ledgers are right."""
    killer = Killer(stack)
    played = play(stack, SIZE, trouble=killer)
    assert killer.killed == victims(stack)
    stack.wait_ready(limit_s=60)
    assert_good(played)


def test_a_wiped_broker_loses_nothing_and_doubles_nothing(stack: Stack):
    """Its whole store is deleted in the middle of the day."""

    def wipe(number: int, _: Act) -> None:
        if number == SIZE.appointments // 2:
            stack.stop("nats")
            stack.plan.nats().wipe()
            stack.plan.nats().prepare()
            stack.start("nats")

    assert_good(play(stack, SIZE, trouble=wipe))
