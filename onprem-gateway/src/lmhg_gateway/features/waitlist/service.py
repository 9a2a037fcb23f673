"""Use cases of freed times: put down, offered in order, answered, passed on, filled."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from lmhg_gateway.features.appointments.public import Appointment
from lmhg_gateway.features.office_hours.public import hours_of
from lmhg_gateway.features.referrals.public import Reason, Referral, State, offer_step
from lmhg_gateway.features.waitlist import people_repository, repository
from lmhg_gateway.features.waitlist.forms import NewSlot
from lmhg_gateway.features.waitlist.models import MINUTES_MAX, FreedSlot, SlotOffer
from lmhg_gateway.features.waitlist.offer_rules import (
    IN_LINE,
    LINE_MAX,
    Line,
    OfferState,
    Rules,
    SlotState,
    check_answer,
    check_live,
    check_start,
    holds_until,
    turn,
)
from lmhg_gateway.features.waitlist.planning import plan
from lmhg_gateway.web.away import AwayPeople
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

BY_HAND, BY_OFFER, BY_VISIT = "hand", "offer", "visit"
CANCELED = "canceled"


async def rules_of(tx: ReadSession) -> Rules:
    """The practice's rules for offers."""
    return Rules(**await people_repository.rules(tx))


async def add_slot(
    tx: WriteSession, form: NewSlot, away: Sequence[AwayPeople], *, practice: Practice
) -> FreedSlot:
    """Put down a time that is free again. Raises: Invalid, also where the clinician is away or booked then."""
    starts_at = form.starts_at(practice.zone)
    check_start(starts_at, at=practice.clock())
    spans = [each for point in away for each in await point.spans(tx, form.day, form.day)]
    if any(each.person_id == form.clinician for each in spans):
        raise Invalid("freed_time", fields={"clinician": "They are away on this day."})
    ends_at = starts_at + timedelta(minutes=form.minutes)
    if await repository.is_booked(tx, form.clinician, starts_at, ends_at):
        raise Invalid("freed_time", fields={"begins": "The clinician has a visit then."})
    rules = await rules_of(tx)
    slot = FreedSlot(
        clinician_id=form.clinician,
        starts_at=starts_at,
        minutes=form.minutes,
        meets=form.meets,
        state=SlotState.OPEN.value,
        came_by=BY_HAND,
        round_size=rules.round_size,
        hold_minutes=rules.hold_minutes,
    )
    await repository.add(tx, slot)
    return slot


async def propose(tx: WriteSession, appointment: Appointment, rules: Rules) -> FreedSlot | None:
    """Put down the time of a canceled appointment, for someone to look if it is free."""
    minutes = int((appointment.ends_at - appointment.starts_at).total_seconds() // 60)
    if appointment.clinician_id is None or not 5 <= minutes <= MINUTES_MAX:
        return None
    slot = FreedSlot(
        clinician_id=appointment.clinician_id,
        starts_at=appointment.starts_at,
        minutes=minutes,
        meets="in_person",
        state=SlotState.PROPOSED.value,
        came_by=CANCELED,
        appointment_id=appointment.id,
        round_size=rules.round_size,
        hold_minutes=rules.hold_minutes,
    )
    await repository.add(tx, slot)
    return slot


async def confirm(tx: WriteSession, slot_id: uuid.UUID, *, meets: str) -> FreedSlot:
    """Say that a proposed time is free. Raises: NotFound, Conflict."""
    slot = await _held_slot(tx, slot_id)
    check_live(slot.state)
    slot.state, slot.meets = SlotState.OPEN.value, meets
    await tx.flush()
    return slot


async def offer(
    tx: WriteSession,
    slot_id: uuid.UUID,
    referral_ids: Sequence[uuid.UUID],
    *,
    by: str,
    practice: Practice,
) -> FreedSlot:
    """Put people in line for a freed time, in this order, and ask the first of them.

    Someone who is in line already stays where they are. Raises: NotFound, Conflict, Invalid.
    """
    slot = await _held_slot(tx, slot_id)
    check_live(slot.state)
    slot.state = SlotState.OPEN.value
    offers, _ = await _line(tx, slot_id, referral_ids)
    in_line = {each.referral_id for each in offers if each.state in IN_LINE}
    wanted = [each for each in dict.fromkeys(referral_ids) if each not in in_line]
    if len(offers) + len(wanted) > LINE_MAX:
        raise Invalid("line_long", fields={"people": f"Choose at most {LINE_MAX} people."})
    last = max((each.position for each in offers), default=0)
    for place, referral_id in enumerate(wanted, last + 1):
        await _put_in_line(tx, slot, referral_id, position=place)
    await _turn(tx, slot, by=by, practice=practice)
    return slot


async def _put_in_line(
    tx: WriteSession, slot: FreedSlot, referral_id: uuid.UUID, *, position: int
) -> None:
    referral = await people_repository.referral(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    if referral.state not in (State.WAITLISTED, State.OFFERED):
        raise Invalid("not_waiting", fields={"people": "Someone is not on the waitlist any more."})
    made = SlotOffer(
        slot_id=slot.id,
        referral_id=referral.id,
        client_id=referral.client_id,
        position=position,
        round_size=slot.round_size,
        state=OfferState.WAITING.value,
    )
    await repository.add(tx, made)


async def put_back(
    tx: WriteSession, offer_id: uuid.UUID, *, by: str, practice: Practice
) -> FreedSlot:
    """Put someone in line again whose offer is over, behind the others. Raises: NotFound, Conflict."""
    slot, one, offers = await held_offer(tx, offer_id)
    check_live(slot.state)
    if any(each.referral_id == one.referral_id and each.state in IN_LINE for each in offers):
        raise Conflict("offer_over")
    last = max(each.position for each in offers)
    await _put_in_line(tx, slot, one.referral_id, position=last + 1)
    await _turn(tx, slot, by=by, practice=practice)
    return slot


async def accept(
    tx: WriteSession, offer_id: uuid.UUID, *, by: str, practice: Practice
) -> FreedSlot:
    """The person takes the time: it is theirs, and everyone else's offer ends. Raises: NotFound, Conflict."""
    slot, one, offers = await held_offer(tx, offer_id)
    await _check_answer(tx, one, slot)
    _answer(one, OfferState.ACCEPTED, by=by, at=practice.clock())
    await tx.flush()
    await offer_step(tx, one.referral_id, to=State.BOOKED, by=by, practice=practice)
    await plan(tx, one, slot, practice=practice)
    await _end(tx, slot, offers, SlotState.FILLED, filled_by=BY_OFFER, by=by, practice=practice)
    return slot


async def refuse(
    tx: WriteSession, offer_id: uuid.UUID, *, to: OfferState, by: str, practice: Practice
) -> FreedSlot:
    """The person says no, or could not be reached: the time passes on. Raises: NotFound, Conflict."""
    slot, one, _ = await held_offer(tx, offer_id)
    await _check_answer(tx, one, slot)
    await _leave(tx, slot, one, to, by=by, practice=practice)
    await _turn(tx, slot, by=by, practice=practice)
    return slot


async def told(tx: WriteSession, offer_id: uuid.UUID, *, by: str, practice: Practice) -> FreedSlot:
    """The person knows that the time is taken. Raises: NotFound, Conflict."""
    slot, one, _ = await held_offer(tx, offer_id)
    if one.state != OfferState.ENDED:
        raise Conflict("offer_over")
    _answer(one, OfferState.TOLD, by=by, at=practice.clock())
    await tx.flush()
    await plan(tx, one, slot, practice=practice)
    return slot


async def fill(
    tx: WriteSession, slot_id: uuid.UUID, *, filled_by: str = BY_HAND, by: str, practice: Practice
) -> FreedSlot:
    """Someone else got the time: open offers end, and those who have one are to be told.

    Raises: NotFound, Conflict.
    """
    return await _close(
        tx, slot_id, SlotState.FILLED, filled_by=filled_by, by=by, practice=practice
    )


async def withdraw(
    tx: WriteSession, slot_id: uuid.UUID, *, by: str, practice: Practice
) -> FreedSlot:
    """The time is not free after all, or it is over. Raises: NotFound, Conflict."""
    return await _close(tx, slot_id, SlotState.GONE, filled_by="", by=by, practice=practice)


async def _close(
    tx: WriteSession,
    slot_id: uuid.UUID,
    state: SlotState,
    *,
    filled_by: str,
    by: str,
    practice: Practice,
) -> FreedSlot:
    slot = await _held_slot(tx, slot_id)
    check_live(slot.state)
    offers, _ = await _line(tx, slot_id)
    await _end(tx, slot, offers, state, filled_by=filled_by, by=by, practice=practice)
    return slot


async def pass_on(tx: WriteSession, slot_id: uuid.UUID, *, by: str, practice: Practice) -> None:
    """See to a freed time by the clock: what is over passes on, and a time that has begun is gone."""
    slot = await repository.locked_slot(tx, slot_id)
    if slot is None or slot.state not in (SlotState.OPEN, SlotState.PROPOSED):
        return
    if slot.starts_at <= practice.clock():
        await withdraw(tx, slot_id, by=by, practice=practice)
    elif slot.state == SlotState.OPEN:
        await _turn(tx, slot, by=by, practice=practice)


async def _turn(tx: WriteSession, slot: FreedSlot, *, by: str, practice: Practice) -> None:
    """Do with the offers what the rule says has to be done now."""
    found_offers, states = await _line(tx, slot.id)
    offers = {each.id: each for each in found_offers}
    lines = [
        Line(
            str(each.id),
            OfferState(each.state),
            each.position,
            each.holds_until,
            is_free=states.get(each.referral_id) == State.WAITLISTED,
            is_asked=states.get(each.referral_id) == State.OFFERED,
        )
        for each in offers.values()
    ]
    found = turn(lines, round_size=slot.round_size, at=practice.clock())
    for key in found.expire:
        one = offers[uuid.UUID(key)]
        await _leave(tx, slot, one, OfferState.EXPIRED, by=by, practice=practice)
    for key in found.end:
        await _set(tx, slot, offers[uuid.UUID(key)], OfferState.EXPIRED, practice=practice)
    number = max((each.round or 0 for each in offers.values()), default=0) + 1
    for seat, key in enumerate(found.hold, 1):
        await _ask(
            tx, slot, offers[uuid.UUID(key)], seat=seat, number=number, by=by, practice=practice
        )


async def _ask(
    tx: WriteSession,
    slot: FreedSlot,
    one: SlotOffer,
    *,
    seat: int,
    number: int,
    by: str,
    practice: Practice,
) -> None:
    at = practice.clock()
    one.state, one.seat, one.round, one.offered_at = OfferState.HELD.value, seat, number, at
    begins = (await hours_of(tx, practice.zone)).start(at)  # at night nobody is there to call
    one.holds_until = holds_until(begins, minutes=slot.hold_minutes, starts_at=slot.starts_at)
    await tx.flush()
    await offer_step(tx, one.referral_id, to=State.OFFERED, by=by, practice=practice)
    await plan(tx, one, slot, practice=practice)


_WHY = {
    OfferState.DECLINED: Reason.OFFER_DECLINED,
    OfferState.EXPIRED: Reason.OFFER_EXPIRED,
    OfferState.ENDED: Reason.TIME_TAKEN,
}


async def _leave(
    tx: WriteSession,
    slot: FreedSlot,
    one: SlotOffer,
    to: OfferState,
    *,
    by: str,
    practice: Practice,
) -> None:
    """End an offer that someone has, and put them back on the waitlist."""
    if to is OfferState.DECLINED:
        one.answered_by = by
    await _set(tx, slot, one, to, practice=practice)
    await offer_step(
        tx, one.referral_id, to=State.WAITLISTED, reason=_WHY[to], by=by, practice=practice
    )


async def _set(
    tx: WriteSession, slot: FreedSlot, one: SlotOffer, to: OfferState, *, practice: Practice
) -> None:
    one.state, one.seat, one.answered_at = to.value, None, practice.clock()
    await tx.flush()
    await plan(tx, one, slot, practice=practice)


async def _end(
    tx: WriteSession,
    slot: FreedSlot,
    offers: Sequence[SlotOffer],
    state: SlotState,
    *,
    filled_by: str,
    by: str,
    practice: Practice,
) -> None:
    """Nobody can have the time any more: who has an offer is to be told, who waits is not asked."""
    held = [each for each in offers if each.state == OfferState.HELD]
    states = await repository.referral_states(tx, {each.referral_id for each in held})
    for one in offers:
        if one.state == OfferState.WAITING:
            await _set(tx, slot, one, OfferState.NOT_ASKED, practice=practice)
        elif one.state == OfferState.HELD and states.get(one.referral_id) == State.OFFERED:
            await _leave(tx, slot, one, OfferState.ENDED, by=by, practice=practice)
        elif one.state == OfferState.HELD:
            await _set(tx, slot, one, OfferState.EXPIRED, practice=practice)
    slot.state, slot.filled_by, slot.ended_at = state.value, filled_by, practice.clock()
    await tx.flush()


def _answer(one: SlotOffer, to: OfferState, *, by: str, at: datetime) -> None:
    one.state, one.seat, one.answered_at, one.answered_by = to.value, None, at, by


async def _check_answer(tx: WriteSession, one: SlotOffer, slot: FreedSlot) -> None:
    states = await repository.referral_states(tx, [one.referral_id])
    is_asked = states.get(one.referral_id) == State.OFFERED
    check_answer(one.state, slot.state, is_asked=is_asked)


async def _held_slot(tx: WriteSession, slot_id: uuid.UUID) -> FreedSlot:
    slot = await repository.locked_slot(tx, slot_id)
    if slot is None:
        raise NotFound("freed_slot")
    return slot


async def _line(
    tx: WriteSession, slot_id: uuid.UUID, more: Sequence[uuid.UUID] = ()
) -> tuple[Sequence[SlotOffer], dict[uuid.UUID, str]]:
    """The offers of a freed time and where their referrals are, all held until this unit of work ends.

    Always all of them, in one order and before a row names one: two times that ask the same people wait for
    each other instead of for ever.
    """
    offers = await repository.offers_of(tx, slot_id, is_locked=True)
    people = {each.referral_id for each in offers} | set(more)
    return offers, await repository.referral_states(tx, people)


async def held_offer(
    tx: WriteSession, offer_id: uuid.UUID
) -> tuple[FreedSlot, SlotOffer, Sequence[SlotOffer]]:
    """An offer with its freed time and all others of it, held until this unit of work ends."""
    slot_id = await repository.slot_of_offer(tx, offer_id)
    if slot_id is None:
        raise NotFound("slot_offer")
    slot = await _held_slot(tx, slot_id)
    offers, _ = await _line(tx, slot_id)
    return slot, next(each for each in offers if each.id == offer_id), offers


async def waiting_or_raise(tx: ReadSession, referral_id: uuid.UUID) -> Referral:
    """A referral that may have wishes. Raises: NotFound."""
    found = await people_repository.referral(tx, referral_id)
    if found is None:
        raise NotFound("referral")
    return found
