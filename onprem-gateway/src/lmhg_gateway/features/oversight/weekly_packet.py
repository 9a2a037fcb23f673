"""What the weekly packet counts of the watch over both planes."""

from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.oversight import week_repository
from lmhg_gateway.features.oversight.alarm_rules import WITNESS_LATE
from lmhg_gateway.web.points import WeekSpan
from lmhg_kit.persistence import ReadSession


async def crossed(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """What crossed, by kind."""
    return (await week_repository.decisions(tx, week.begins, week.ends))["crossed"]


async def refused(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """What was refused, by gate and reason."""
    return (await week_repository.decisions(tx, week.begins, week.ends))["refused"]


async def matches(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Matches that ran, that differed, and days without one."""
    return await week_repository.matches(tx, week.begins, week.ends, zone=week.zone)


async def sweeps(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """Sweeps that ran, that found something, and days without one."""
    return await week_repository.sweeps(tx, week.begins, week.ends, zone=week.zone)


async def witness(tx: ReadSession, week: WeekSpan) -> Mapping[str, Any]:
    """How far each ledger is witnessed, which of them late, and alarms that stand."""
    return await week_repository.witness(tx, at=week.at, late_after=WITNESS_LATE)
