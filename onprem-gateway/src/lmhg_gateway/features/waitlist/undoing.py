"""An accepted offer taken back, shortly after: the time, its line and the referrals are as they were."""

import uuid
from collections.abc import Sequence
from itertools import count

from lmhg_gateway.features.referrals.public import State, take_back_step
from lmhg_gateway.features.waitlist import repository
from lmhg_gateway.features.waitlist.models import FreedSlot, SlotOffer
from lmhg_gateway.features.waitlist.offer_rules import OfferState, SlotState, check_take_back
from lmhg_gateway.features.waitlist.planning import plan
from lmhg_gateway.features.waitlist.service import BY_OFFER, held_offer
from lmhg_gateway.web.booking_points import BookingAsked
from lmhg_kit.errors import Conflict
from lmhg_kit.persistence import WriteSession
from lmhg_kit.practice import Practice


async def take_back(
    tx: WriteSession,
    offer_id: uuid.UUID,
    asked: Sequence[BookingAsked],
    *,
    by: str,
    practice: Practice,
) -> FreedSlot:
    """Take back that someone accepted: they have the offer again, and so have those who lost it by that.

    Who was told meanwhile that the time is taken stays told, and who has another offer waits in line.
    Raises: NotFound, Conflict where something later depends on it.
    """
    slot, one, offers = await held_offer(tx, offer_id)
    is_filled = slot.state == SlotState.FILLED and slot.filled_by == BY_OFFER
    check_take_back(
        one.state if is_filled else "",
        answered_by=one.answered_by,
        answered_at=one.answered_at,
        starts_at=slot.starts_at,
        by=by,
        at=practice.clock(),
    )
    await _check_no_visit(tx, slot, one, asked)
    lost = [each for each in offers if each.state in (OfferState.ENDED, OfferState.NOT_ASKED)]
    slot.state, slot.filled_by, slot.ended_at = SlotState.OPEN.value, "", None
    await tx.flush()
    seats = count(1)
    if not await _hold(tx, one, seat=next(seats), came_to=State.BOOKED, by=by, practice=practice):
        raise Conflict("offer_moved_on")
    await plan(tx, one, slot, practice=practice)
    for each in lost:
        await _in_line(tx, each, seats=seats, by=by, practice=practice)
        await plan(tx, each, slot, practice=practice)
    return slot


async def _in_line(
    tx: WriteSession, one: SlotOffer, *, seats: "count[int]", by: str, practice: Practice
) -> None:
    """Give someone the place in line that they had; whom another time was offered waits for this one."""
    if one.state == OfferState.ENDED:
        seat = next(seats)
        if await _hold(tx, one, seat=seat, came_to=State.WAITLISTED, by=by, practice=practice):
            return
    one.state, one.answered_at = OfferState.WAITING.value, None
    await tx.flush()


async def _hold(
    tx: WriteSession,
    one: SlotOffer,
    *,
    seat: int,
    came_to: State,
    by: str,
    practice: Practice,
) -> bool:
    """Give an offer back to someone, with the step of their referral; whether the referral was still there."""
    since = one.answered_at
    if since is None or not await take_back_step(
        tx, one.referral_id, came_to=came_to, since=since, by=by, practice=practice
    ):
        return False
    one.state, one.seat, one.answered_at, one.answered_by = OfferState.HELD.value, seat, None, None
    await tx.flush()
    return True


async def _check_no_visit(
    tx: WriteSession, slot: FreedSlot, one: SlotOffer, asked: Sequence[BookingAsked]
) -> None:
    """Accept it while nobody has a visit by it, in IntakeQ or on the way there. Raises: Conflict."""
    if await repository.is_taken(tx, slot, one.client_id):
        raise Conflict("offer_in_intakeq")
    since = one.answered_at
    if since and any([await each.since(tx, one.client_id, since) for each in asked]):
        raise Conflict("offer_in_intakeq")
