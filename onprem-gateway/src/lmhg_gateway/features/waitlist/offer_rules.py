"""The order of offers of one freed time: who is asked when, for how long, and when it passes on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from lmhg_kit.errors import Conflict, Invalid


class SlotState(StrEnum):
    """How a freed time is."""

    PROPOSED = "proposed"
    """An appointment was canceled; no one has looked yet if the time is really free."""
    OPEN = "open"
    FILLED = "filled"
    GONE = "gone"


class OfferState(StrEnum):
    """How one person's offer is."""

    WAITING = "waiting"
    HELD = "held"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    ENDED = "ended"
    """The time was taken while this person had it; they have to be told."""
    TOLD = "told"
    NOT_ASKED = "not_asked"


LIVE = (SlotState.PROPOSED, SlotState.OPEN)
IN_LINE = frozenset({OfferState.WAITING, OfferState.HELD, OfferState.ACCEPTED})
LINE_MAX = 50
"""People in the order of one freed time."""
UNDO_FOR = timedelta(minutes=10)
"""How long an acceptance is taken back by the person who noted it."""
AHEAD_MAX = timedelta(days=120)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The practice's rules for offers."""

    round_size: int = 1
    """How many are asked at the same time."""
    hold_minutes: int = 120


class Line(NamedTuple):
    """One person's place in the order, as the rules see it."""

    key: str
    state: OfferState
    position: int
    holds_until: datetime | None = None
    is_free: bool = True
    """Whether the person can be asked now: still on the waitlist, with no other offer open."""
    is_asked: bool = True
    """Whether the person is still where the offer put them."""


class Turn(NamedTuple):
    """What has to be done with the offers of one time now."""

    expire: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    """Those who left the way by another step meanwhile."""
    hold: tuple[str, ...] = ()


def turn(lines: Sequence[Line], *, round_size: int, at: datetime) -> Turn:
    """Pass on what is over, and begin the next round once nobody holds the time any more.

    A round is as many people as the practice asks at once; the next one begins when all of it have said
    no or let it pass, never before. Once one has accepted, nobody is asked.
    """
    held = [each for each in lines if each.state is OfferState.HELD]
    gone = [each.key for each in held if not each.is_asked]
    late = [
        each.key for each in held if each.is_asked and each.holds_until and each.holds_until <= at
    ]
    over = {*gone, *late}
    still = [each for each in held if each.key not in over]
    is_taken = any(each.state is OfferState.ACCEPTED for each in lines)
    if still or is_taken:
        return Turn(tuple(late), tuple(gone))
    ready = [each for each in lines if each.state is OfferState.WAITING and each.is_free]
    ready.sort(key=lambda each: each.position)
    return Turn(tuple(late), tuple(gone), tuple(each.key for each in ready[:round_size]))


def holds_until(at: datetime, *, minutes: int, starts_at: datetime) -> datetime:
    """Until when an offer holds: so many minutes, and never past the time itself."""
    return min(at + timedelta(minutes=minutes), starts_at)


def check_start(starts_at: datetime, *, at: datetime) -> None:
    """Accept a freed time that is to come, and not too far ahead. Raises: Invalid."""
    if not at < starts_at <= at + AHEAD_MAX:
        said = f"Choose a time from now to {AHEAD_MAX.days} days ahead."
        raise Invalid("freed_time", fields={"day": said})


def check_answer(state: str, slot_state: str, *, is_asked: bool) -> None:
    """Accept an answer of someone who has the time now. Raises: Conflict."""
    if state != OfferState.HELD or not is_asked or slot_state != SlotState.OPEN:
        raise Conflict("offer_over")


def check_take_back(
    state: str,
    *,
    answered_by: str | None,
    answered_at: datetime | None,
    starts_at: datetime,
    by: str,
    at: datetime,
) -> None:
    """Accept that someone takes back that an offer was accepted: their own doing, shortly after. Raises: Conflict."""
    if state != OfferState.ACCEPTED or answered_at is None:
        raise Conflict("offer_over")
    if answered_by != by:
        raise Conflict("offer_not_yours")
    if at - answered_at > UNDO_FOR:
        raise Conflict("offer_undo_late")
    if starts_at <= at:
        raise Conflict("slot_over")


def check_live(slot_state: str) -> None:
    """Accept a step with a time that is still free. Raises: Conflict."""
    if slot_state not in LIVE:
        raise Conflict("slot_over")
