"""The waitlist for programs: who waits, what they wish for, freed times, whom they suit, and offers."""

import uuid
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.waitlist import people_repository, ranking, repository, service, undoing
from lmhg_gateway.features.waitlist.forms import (
    ConfirmForm,
    NewSlot,
    OfferForm,
    RulesForm,
    WishForm,
)
from lmhg_gateway.features.waitlist.models import FreedSlot, SlotOffer, WaitWish
from lmhg_gateway.features.waitlist.offer_rules import LIVE, OfferState, SlotState
from lmhg_gateway.features.waitlist.ranking import waiting_of
from lmhg_gateway.web.away import AwayPeople
from lmhg_gateway.web.booking_points import BookingAsked
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

BASE = "/api/v1/waitlist"
ONE_SLOT = BASE + "/times/{slot_id:uuid}"
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class WaitingOut(msgspec.Struct, frozen=True, kw_only=True):
    """One person on the waitlist; an empty wish means that anything will do."""

    referral_id: uuid.UUID
    client_id: uuid.UUID
    client: str
    waiting_since: datetime
    urgency: str
    payer: str
    clinicians: list[uuid.UUID]
    times: list[str]
    meets: str
    state: str


class WaitlistOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the waitlist, how many wait, and how many of them should have been asked again."""

    people: list[WaitingOut]
    total: int
    stale: int


class WishOut(msgspec.Struct, frozen=True, kw_only=True):
    """What someone wishes for."""

    referral_id: uuid.UUID
    clinicians: list[uuid.UUID]
    times: list[str]
    meets: str
    payer: str
    state: str


class TimeOut(msgspec.Struct, frozen=True, kw_only=True):
    """One freed time."""

    id: uuid.UUID
    clinician_id: uuid.UUID
    starts_at: datetime
    minutes: int
    meets: str
    state: SlotState
    came_by: str
    filled_by: str
    round_size: int
    hold_minutes: int


class TimesOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the freed times, latest first, and how many there are."""

    times: list[TimeOut]
    total: int


class MatchOut(msgspec.Struct, frozen=True, kw_only=True):
    """One person in the order in which to offer, with each point in words."""

    referral_id: uuid.UUID
    client: str
    fits: bool
    points: list[str]


class OfferOut(msgspec.Struct, frozen=True, kw_only=True):
    """One person's place in line, and what came of it."""

    id: uuid.UUID
    referral_id: uuid.UUID
    client: str
    position: int
    round: int | None
    state: OfferState
    offered_at: datetime | None
    holds_until: datetime | None
    answered_at: datetime | None


class TimeDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A freed time with its offers in their order, and whom else it suits."""

    time: TimeOut
    offers: list[OfferOut]
    matches: list[MatchOut]


class RulesOut(msgspec.Struct, frozen=True, kw_only=True):
    """How the practice offers freed times."""

    round_size: int
    hold_minutes: int


def _time(slot: FreedSlot) -> TimeOut:
    return msgspec.convert(slot, TimeOut, from_attributes=True)


def _offer(one: SlotOffer, client: str) -> OfferOut:
    return OfferOut(
        id=one.id,
        referral_id=one.referral_id,
        client=client,
        position=one.position,
        round=one.round,
        state=OfferState(one.state),
        offered_at=one.offered_at,
        holds_until=one.holds_until,
        answered_at=one.answered_at,
    )


def _wish(referral_id: uuid.UUID, wish: WaitWish | None) -> WishOut:
    return WishOut(
        referral_id=referral_id,
        clinicians=list(wish.clinicians) if wish else [],
        times=list(wish.times) if wish else [],
        meets=wish.meets if wish else "",
        payer=wish.payer if wish else "",
        state=wish.state if wish else "",
    )


@answers(BASE, "waitlist.read", purpose="waitlist.list", tag="waitlist")
async def list_waiting(
    tx: ReadSession, ask: Ask[Any], page: FromQuery[PageNumber] = 1
) -> WaitlistOut:
    """Fifty people on the waitlist, longest wait first."""
    found, total = await people_repository.waiting(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    names = await names_of(tx, (each.client_id for each in found))
    wishes = await people_repository.wishes_of(tx, [each.id for each in found])
    _, stale = await people_repository.stale(tx, at=ask.at)
    people: list[WaitingOut] = []
    for each in found:
        wish = wishes.get(each.id)
        seen = waiting_of(each, wish)
        people.append(
            WaitingOut(
                referral_id=each.id,
                client_id=each.client_id,
                client=names.get(each.client_id, ""),
                waiting_since=seen.since,
                urgency=seen.urgency,
                payer=seen.payer,
                clinicians=list(wish.clinicians) if wish else [],
                times=list(wish.times) if wish else [],
                meets=seen.meets,
                state=seen.state,
            )
        )
    return WaitlistOut(people=people, total=total, stale=stale)


@answers(
    BASE + "/people/{referral_id:uuid}", "waitlist.read", purpose="waitlist.person", tag="waitlist"
)
async def read_wish(tx: ReadSession, _ask: Ask[Any], referral_id: FromPath[uuid.UUID]) -> WishOut:
    """What one person wishes for."""
    await service.waiting_or_raise(tx, referral_id)
    return _wish(referral_id, await people_repository.wish(tx, referral_id))


@does(
    BASE + "/people/{referral_id:uuid}",
    "waitlist.write",
    purpose="waitlist.wish",
    tag="waitlist",
    method="PUT",
)
async def put_wish(
    tx: WriteSession, _ask: Ask[Any], referral_id: FromPath[uuid.UUID], data: JSONBody[WishForm]
) -> WishOut:
    """Note what someone wishes for."""
    return _wish(referral_id, await ranking.save_wish(tx, referral_id, data))


@answers(BASE + "/times", "waitlist.read", purpose="waitlist.times", tag="waitlist")
async def list_times(
    tx: ReadSession,
    _ask: Ask[Any],
    in_state: FromQuery[SlotState | None] = None,
    page: FromQuery[PageNumber] = 1,
) -> TimesOut:
    """Fifty freed times, or those of one state."""
    states = [in_state.value] if in_state else [each.value for each in SlotState]
    found, total = await repository.slots(
        tx, states, sort="-starts", first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE
    )
    return TimesOut(times=[_time(each) for each in found], total=total)


@does(BASE + "/times", "waitlist.write", purpose="waitlist.add_time", tag="waitlist", status=201)
async def create_time(tx: WriteSession, ask: Ask[Any], data: JSONBody[NewSlot]) -> TimeDetail:
    """Put down a time that is free again, in the practice's own time; the answer says whom it suits."""
    await ranking.check_clinicians(tx, [data.clinician], field="clinician")
    away = FEATURES.of(ask.request).contributions(AwayPeople)
    made = await service.add_slot(tx, data, away, practice=ask.practice)
    return await _detail(tx, ask, made)


async def _detail(tx: ReadSession, ask: Ask[Any], slot: FreedSlot) -> TimeDetail:
    offers = await repository.offers_of(tx, slot.id)
    features = FEATURES.of(ask.request)
    staff = await staff_names(tx)
    found, people = (
        await ranking.ranked(tx, slot, features, staff=staff, practice=ask.practice)
        if slot.state in LIVE
        else ([], {})
    )
    shown = [(each, people[uuid.UUID(each.referral_id)]) for each in found[:PAGE_SIZE]]
    clients = [each.client_id for each in offers] + [each.client_id for _, each in shown]
    names = await names_of(tx, clients)
    return TimeDetail(
        time=_time(slot),
        offers=[_offer(each, names.get(each.client_id, "")) for each in offers],
        matches=[
            MatchOut(
                referral_id=one.id,
                client=names.get(one.client_id, ""),
                fits=each.fits,
                points=[point.said for point in each.points],
            )
            for each, one in shown
        ],
    )


@answers(ONE_SLOT, "waitlist.read", purpose="waitlist.time", tag="waitlist")
async def read_time(tx: ReadSession, ask: Ask[Any], slot_id: FromPath[uuid.UUID]) -> TimeDetail:
    """One freed time: its offers, and whom else it suits in the order in which to offer."""
    slot = await repository.slot(tx, slot_id)
    if slot is None:
        raise NotFound("freed_slot")
    return await _detail(tx, ask, slot)


@does(ONE_SLOT + "/confirm", "waitlist.write", purpose="waitlist.confirm", tag="waitlist")
async def confirm_slot(
    tx: WriteSession, ask: Ask[Any], slot_id: FromPath[uuid.UUID], data: JSONBody[ConfirmForm]
) -> TimeDetail:
    """Say that a proposed time is free."""
    return await _detail(tx, ask, await service.confirm(tx, slot_id, meets=data.meets))


@does(ONE_SLOT + "/offers", "waitlist.write", purpose="waitlist.offer", tag="waitlist", status=201)
async def offer_slot(
    tx: WriteSession, ask: Ask[Any], slot_id: FromPath[uuid.UUID], data: JSONBody[OfferForm]
) -> TimeDetail:
    """Put people in line, in this order; the first round is asked at once."""
    slot = await service.offer(tx, slot_id, data.people, by=ask.by, practice=ask.practice)
    return await _detail(tx, ask, slot)


@does(ONE_SLOT + "/fill", "waitlist.write", purpose="waitlist.fill", tag="waitlist")
async def fill_slot(tx: WriteSession, ask: Ask[Any], slot_id: FromPath[uuid.UUID]) -> TimeDetail:
    """Say that someone else got the time: open offers end."""
    slot = await service.fill(tx, slot_id, by=ask.by, practice=ask.practice)
    return await _detail(tx, ask, slot)


@does(ONE_SLOT + "/withdraw", "waitlist.write", purpose="waitlist.withdraw", tag="waitlist")
async def withdraw_slot(
    tx: WriteSession, ask: Ask[Any], slot_id: FromPath[uuid.UUID]
) -> TimeDetail:
    """Say that the time is not free after all: open offers end."""
    slot = await service.withdraw(tx, slot_id, by=ask.by, practice=ask.practice)
    return await _detail(tx, ask, slot)


class AnswerForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the person says: they take it, they do not, no one answered, or they know that it is taken."""

    answer: Literal["accepted", "declined", "no_answer", "told", "again", "undo"]


_ANSWERS = {
    "accepted": service.accept,
    "declined": partial(service.refuse, to=OfferState.DECLINED),
    "no_answer": partial(service.refuse, to=OfferState.EXPIRED),
    "told": service.told,
    "again": service.put_back,
}


@does(BASE + "/offers/{offer_id:uuid}", "waitlist.write", purpose="waitlist.answer", tag="waitlist")
async def answer_offer(
    tx: WriteSession, ask: Ask[Any], offer_id: FromPath[uuid.UUID], data: JSONBody[AnswerForm]
) -> TimeDetail:
    """Note the answer to an offer; `again` puts someone in line again whose offer is over.

    `undo` takes an own `accepted` back, for ten minutes and while nothing depends on it.
    """
    if data.answer == "undo":
        asked = FEATURES.of(ask.request).contributions(BookingAsked)
        slot = await undoing.take_back(tx, offer_id, asked, by=ask.by, practice=ask.practice)
        return await _detail(tx, ask, slot)
    act = _ANSWERS[data.answer]
    return await _detail(tx, ask, await act(tx, offer_id, by=ask.by, practice=ask.practice))


@answers(BASE + "/rules", "waitlist.read", purpose="waitlist.rules", tag="waitlist")
async def read_rules(tx: ReadSession, _ask: Ask[Any]) -> RulesOut:
    """How the practice offers freed times."""
    rules = await service.rules_of(tx)
    return RulesOut(round_size=rules.round_size, hold_minutes=rules.hold_minutes)


@does(
    BASE + "/rules",
    "waitlist.set_rules",
    purpose="waitlist.save_rules",
    tag="waitlist",
    method="PUT",
)
async def put_rules(tx: WriteSession, _ask: Ask[Any], data: JSONBody[RulesForm]) -> RulesOut:
    """Offer by these rules from now on."""
    await ranking.save_rules(tx, data)
    return RulesOut(round_size=data.round_size, hold_minutes=data.hold_minutes)


HANDLERS = (
    list_waiting,
    read_wish,
    put_wish,
    list_times,
    create_time,
    read_time,
    confirm_slot,
    offer_slot,
    fill_slot,
    withdraw_slot,
    answer_offer,
    read_rules,
    put_rules,
)
