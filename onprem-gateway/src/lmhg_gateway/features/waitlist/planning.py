"""What freed times put on the work list: ask the person who has one, and tell who had one that is taken."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.waitlist import repository
from lmhg_gateway.features.waitlist.models import FreedSlot, SlotOffer
from lmhg_gateway.features.waitlist.offer_rules import OfferState
from lmhg_gateway.features.work_list.public import Next, Urgency, put_work
from lmhg_gateway.web.points import WorkButton, WorkSource, WorkStep
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice
from lmhg_kit.ui.formats import short_day
from lmhg_kit.ui.spans import clock_of

KIND = "slot_offer"
ASK, TELL = "ask_freed_time", "tell_time_taken"


def _button(label: str, act: str) -> WorkButton:
    return WorkButton(label=label, path=f"/waitlist/offers/{{}}/{act}", fields={})


STEPS = (
    WorkStep(
        code=ASK,
        label="Offer a freed time",
        lane="offers",
        buttons=(
            _button("Accepted", "accept"),
            _button("Declined", "decline"),
            _button("No answer: next person", "pass"),
        ),
        is_call=True,
    ),
    WorkStep(
        code=TELL,
        label="Tell them the time is taken",
        lane="offers",
        buttons=(_button("Told", "told"),),
        is_call=True,
    ),
)


def time_words(slot: FreedSlot, practice: Practice) -> str:
    """When a freed time is: "Tue, Dec 1, 3:00 PM"."""
    begins = slot.starts_at.astimezone(practice.zone)
    return f"{short_day(begins.date())}, {clock_of(begins)}"


def next_of(one: SlotOffer, slot: FreedSlot, practice: Practice) -> Next | None:
    """What is to be done next with an offer."""
    step = {OfferState.HELD: ASK, OfferState.ENDED: TELL}.get(OfferState(one.state))
    if step is None or one.offered_at is None:
        return None
    since = one.answered_at if step == TELL and one.answered_at else one.offered_at
    return Next(
        step=step,
        urgency=Urgency.ROUTINE,
        since=since,
        due_at=one.holds_until if step == ASK else since,
        last_at=one.offered_at,
        last_words=f"{time_words(slot, practice)} offered",
    )


async def plan(
    tx: WriteSession,
    one: SlotOffer,
    slot: FreedSlot,
    *,
    practice: Practice,
) -> None:
    """Put an offer on the work list, or take it off."""
    found = await repository.offer_with_owner(tx, one.id)
    owner_id = found[2] if found else None
    await put_work(
        tx, KIND, one.id, next_of(one, slot, practice), client_id=one.client_id, owner_id=owner_id
    )


async def plan_one(tx: WriteSession, offer_id: uuid.UUID, practice: Practice) -> None:
    """The same for one that is named. Raises: NotFound."""
    slot_id = await repository.slot_of_offer(tx, offer_id)
    slot = await repository.locked_slot(tx, slot_id) if slot_id else None
    if slot is None:
        raise NotFound("slot_offer")
    for one in await repository.offers_of(tx, slot.id, is_locked=True):
        if one.id == offer_id:
            await plan(tx, one, slot, practice=practice)


async def unplanned(tx: ReadSession, limit: int) -> Sequence[uuid.UUID]:
    """Offers that are missing from the work list."""
    return await repository.not_on(tx, KIND, limit=limit)


SOURCE = WorkSource(
    kind=KIND,
    permission="waitlist.read",
    write="waitlist.write",
    path="/waitlist/offers/{}",
    steps=STEPS,
    plan=plan_one,
    unplanned=unplanned,
)
