"""The nightly check for programs."""

from datetime import datetime
from typing import Any

import msgspec

from lmhg_gateway.features.reconcile import repository
from lmhg_gateway.features.reconcile.status import sync_status
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/intake/check"


class CheckOut(msgspec.Struct, frozen=True, kw_only=True):
    """How the check is; `done_by` is when the last of what waits will have been asked for."""

    ended_at: datetime | None
    is_running: bool
    is_catch_up: bool
    looked: int
    left_out: int
    waiting: dict[str, int]
    held: int
    for_person: int
    calls_a_day: int
    done_by: datetime | None
    is_late: bool


@answers(PATH, "intake.read", purpose="intake.check", tag="intake")
async def get_check(tx: ReadSession, ask: Ask[Any]) -> CheckOut:
    """When IntakeQ was last checked, what waits, and when that will be done."""
    return msgspec.convert(await sync_status(tx, at=ask.at), CheckOut, from_attributes=True)


@does(f"{PATH}/now", "intake.decide", purpose="intake.check_now", tag="intake")
async def want_check(tx: WriteSession, ask: Ask[Any]) -> CheckOut:
    """Look for missed changes now instead of tonight."""
    await repository.want(tx, at=ask.at)
    return msgspec.convert(await sync_status(tx, at=ask.at), CheckOut, from_attributes=True)


HANDLERS = (get_check, want_check)
