"""Plays a practice day from beginning to end, and says whether all of it went as promised."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import httpx

from lmhg_kit.clock import utc_now
from lmhg_stack.canary.sweep import Report, record, sweep
from lmhg_stack.demo import report
from lmhg_stack.demo.day import Act, Day, Size
from lmhg_stack.demo.progress import Progress
from lmhg_stack.demo.proof import Check, calendar_agrees, match, verify
from lmhg_stack.demo.results import Results, mark, read
from lmhg_stack.demo.settle import Waiting, forget_calls, settle
from lmhg_stack.process import StackError
from lmhg_stack.stack import Stack

RAISED = {"LMHG_INTAKEQ_CALLS_PER_MINUTE": "6000", "LMHG_INTAKEQ_CALLS_PER_DAY": "500000"}
Limits = Callable[[Stack], AbstractContextManager[None]]
SETTLE_S = 60.0
TRIES = 20
TRY_AGAIN_S = 0.5
LEDGERS = tuple((plane, ledger) for plane in ("onprem", "cloud") for ledger in ("relay", "access"))


@dataclass(frozen=True)
class Played:
    """A day that is over."""

    results: Results
    checks: tuple[Check, ...]
    sweep: Report
    answers: dict[str, int]

    @property
    def is_good(self) -> bool:
        """Whether planes and ledgers agree and nothing leaked."""
        return self.sweep.is_clean and all(check.is_good for check in self.checks)

    def lines(self) -> Iterator[str]:
        """The report."""
        yield from report.lines(self.results, self.checks, self.sweep, self.answers)


@contextmanager
def raised_limits(stack: Stack) -> Iterator[None]:
    """More calls to IntakeQ than it allows, on both sides, while the block runs; no play.

    By settings and not by the simulator's strings, so that a killed simulator keeps them. A
    simulator that starts again has counted no call; the worker's count is made to agree, or the
    calls of one demo would use up the day of the next.
    """
    _restart(stack, RAISED)
    try:
        yield
    finally:
        for name in ("intakeq", "worker"):
            stack.start(name)
        asyncio.run(forget_calls(stack.facts))


@contextmanager
def real_limits(stack: Stack) -> Iterator[None]:
    """IntakeQ's own limits on both sides, and every call counted; no play while the block runs."""
    address = stack.facts["addresses"]["intakeq"]
    httpx.post(f"{address}/_sim/play", json={"on": False}, timeout=SETTLE_S).raise_for_status()
    try:
        yield
    finally:
        httpx.post(f"{address}/_sim/play", json={"on": True}, timeout=SETTLE_S)


def _restart(stack: Stack, limits: Mapping[str, str]) -> None:
    address = stack.facts["addresses"]["intakeq"]
    httpx.post(f"{address}/_sim/settle", timeout=SETTLE_S)
    stack.restart_with("intakeq", {**limits, "LMHG_SIM_PLAY": "false"})
    asyncio.run(forget_calls(stack.facts))
    stack.restart_with("worker", limits)


def play(
    stack: Stack,
    size: Size,
    *,
    say: Callable[[str], None] = print,
    trouble: Callable[[int, Act], None] = lambda _number, _act: None,
    limits: Limits = raised_limits,
) -> Played:
    """Play the day under some call limits; `trouble` is called after each act, and may break things.

    Raises: StackError when something does not settle.
    """
    day, waiting = Day(stack, size), Waiting(say)
    try:
        with limits(stack):
            began = asyncio.run(mark(stack.facts))
            _do("intakes", list(day.intakes()), trouble)
            asyncio.run(settle(lambda: stack.facts, say=waiting))
            _do("the day", list(day.rest()), trouble)
            say("  settling ...")
            asyncio.run(settle(lambda: stack.facts, say=waiting))
            results = asyncio.run(read(stack.facts, began))
        say("  proving ...")
        return Played(results, prove(stack.facts), look(stack.facts), day.answers)
    finally:
        day.close()


def prove(facts: dict[str, Any]) -> tuple[Check, ...]:
    """Compare the planes and verify every ledger."""
    matches = (asyncio.run(match(facts, plane)) for plane in ("onprem", "cloud"))
    calendar = asyncio.run(calendar_agrees(facts))
    return tuple(chain((calendar,), matches, (verify(facts, *ledger) for ledger in LEDGERS)))


def look(facts: dict[str, Any]) -> Report:
    """Sweep for every token that the simulator knows, and put the result on record."""
    tokens = httpx.get(f"{facts['addresses']['intakeq']}/_sim/canaries").json()

    async def act() -> Report:
        began = utc_now()
        report = await sweep(facts, tokens)
        await record(facts, report, began=began)
        return report

    return asyncio.run(act())


def _do(title: str, acts: list[Act], trouble: Callable[[int, Act], None]) -> None:
    progress = Progress(title, len(acts))
    for number, act in enumerate(acts):
        _insist(act)
        progress.step(act.label)
        trouble(number, act)


def _insist(act: Act) -> None:
    """Do it; a person whose page does not come tries again."""
    for left in reversed(range(TRIES)):
        try:
            act.do()
        except (httpx.HTTPError, StackError):
            if not left:
                raise
            time.sleep(TRY_AGAIN_S)
        else:
            return
