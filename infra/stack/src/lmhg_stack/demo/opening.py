"""What the demo practice has behind it when `make up` returns: people, intakes, appointments, referrals.

Everything comes in as it does from IntakeQ, by webhooks, only without IntakeQ's call limits, so that it
takes seconds. A stack gets its past once; with the simulator's play turned off it gets none.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from lmhg_kit.clock import utc_now
from lmhg_stack.demo.play import raised_limits
from lmhg_stack.demo.settle import settle
from lmhg_stack.demo.stages import WAYS
from lmhg_stack.preparation import run_step
from lmhg_stack.process import Command
from lmhg_stack.stack import Stack

TIMEOUT_S = 20.0
APPOINTMENTS, NOTES = 48, 8
DAYS_BACK = 31
"""Days ago on which the first client sent an intake; the last did so today."""
AT_RISK = 22
"""The client whose answer the demo's own rule names."""
SECONDS = 20
"""About how long it takes, as it is said beforehand."""


@dataclass(frozen=True)
class Past:
    """The demo practice's last weeks, put into the simulator."""

    simulator: httpx.Client

    def put(self) -> None:
        """Clients with their intakes, appointments around today, and notes; once."""
        objects = self.simulator.get("/_sim/status").raise_for_status().json()["objects"]
        if objects["client"] >= len(WAYS):
            return
        clients = [self._intake(number) for number in range(len(WAYS))]
        for number in range(APPOINTMENTS):
            self._do("appointments", client_id=clients[number * 7 % len(clients)])
        for number in range(NOTES):
            self._do("notes", client_id=clients[number * 3 % len(clients)])

    def _intake(self, number: int) -> int:
        ago = timedelta(days=DAYS_BACK * (len(WAYS) - 1 - number) / (len(WAYS) - 1))
        risk = 1 if number == AT_RISK else 0
        return self._do("intakes", at=(utc_now() - ago).isoformat(), risk=risk)["client_id"]

    def _do(self, act: str, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        answer = self.simulator.post(f"/_sim/{act}", json=order)
        return answer.raise_for_status().json()


OF_CLIENTS = ("library", "differences", "rights", "away", "keeping", "tray")
"""Steps that need few clients from IntakeQ, or none."""


def open_practice(stack: Stack, *, say: Callable[[str], None]) -> None:
    """Give a fresh stack its past, and return when all of it is on the pages. Raises: StackError."""
    if not is_wanted(stack):
        return
    say(f"demo data comes in, about {SECONDS} seconds")
    with raised_limits(stack):
        address = stack.facts["addresses"]["intakeq"]
        with closing(httpx.Client(base_url=address, timeout=TIMEOUT_S)) as simulator:
            Past(simulator).put()
        asyncio.run(settle(lambda: stack.facts))
        for name in ("stages", "papers", *OF_CLIENTS):
            put(stack, name)
    stack.layout.opened.touch()


def put(stack: Stack, name: str) -> None:
    """Run one step of the demo with the stack's own keys, once in its life. Raises: StackError."""
    done = stack.layout.opened.with_name(f"put-{name}")
    if not done.exists():
        run_step(stack.plan, _step(stack, name))
        done.touch()


def _step(stack: Stack, name: str) -> Command:
    facts = stack.facts
    env = {
        "LMHG_DATABASE_URL": facts["databases"]["onprem"]["lmhg_migrator"],
        "LMHG_KEYRING_FILE": facts["keys"]["keyring"],
        "LMHG_SPOOL_FOLDER": str(stack.layout.data / "uploads"),
    }
    argv = (sys.executable, "-m", f"lmhg_stack.demo.{name}")
    return Command(name=f"demo {name}", argv=argv, env=env, cwd=stack.layout.folder)


def is_wanted(stack: Stack) -> bool:
    """Whether this stack has no past yet and shall have one."""
    plays = stack.plan.extra.get("LMHG_SIM_PLAY", "true") == "true"
    return plays and not stack.layout.opened.exists()
