"""All SQL of freed times and their offers."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import aliased

from lmhg_gateway.features.appointments.public import NOT_TAKEN, Appointment, took_place
from lmhg_gateway.features.referrals.public import Referral, State
from lmhg_gateway.features.waitlist.models import FreedSlot, SlotOffer
from lmhg_gateway.features.waitlist.offer_rules import LIVE, OfferState, SlotState
from lmhg_gateway.features.work_list.public import WorkItem
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import part_of

LIVE_MAX = 50
"""Freed times on the page of the waitlist."""
TURNS_MAX = 100
"""Freed times seen to in one go."""
_OPEN_OFFERS = (OfferState.HELD.value, OfferState.ENDED.value)


async def add(tx: WriteSession, record: FreedSlot | SlotOffer) -> None:
    """Keep a freed time or an offer."""
    tx.add(record)
    await tx.flush()


async def slot(tx: ReadSession, slot_id: uuid.UUID) -> FreedSlot | None:
    """One freed time."""
    return await tx.get(FreedSlot, slot_id)


async def locked_slot(tx: WriteSession, slot_id: uuid.UUID) -> FreedSlot | None:
    """One freed time, held until this unit of work ends: every step with its offers begins here."""
    query = select(FreedSlot).where(FreedSlot.id == slot_id).with_for_update()
    return await tx.scalar(query.execution_options(populate_existing=True))


async def slot_of_offer(tx: ReadSession, offer_id: uuid.UUID) -> uuid.UUID | None:
    """Which freed time an offer is about."""
    return await tx.scalar(select(SlotOffer.slot_id).where(SlotOffer.id == offer_id))


async def offer(tx: ReadSession, offer_id: uuid.UUID) -> SlotOffer | None:
    """One offer."""
    return await tx.get(SlotOffer, offer_id)


async def offers_of(
    tx: ReadSession, slot_id: uuid.UUID, *, is_locked: bool = False
) -> Sequence[SlotOffer]:
    """The offers of a freed time in their order."""
    query = select(SlotOffer).where(SlotOffer.slot_id == slot_id)
    query = query.order_by(SlotOffer.position, SlotOffer.put_at, SlotOffer.id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(query)).all()


async def referral_states(tx: WriteSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Where these referrals are, held until this unit of work ends, always in the same order."""
    query = select(Referral.id, Referral.state).where(Referral.id.in_(list(ids)))
    rows = (await tx.execute(query.order_by(Referral.id).with_for_update())).all()
    return {row.id: row.state for row in rows}


async def appointment(tx: ReadSession, appointment_id: uuid.UUID) -> Appointment | None:
    """One appointment."""
    return await tx.get(Appointment, appointment_id)


async def slot_of_appointment(tx: ReadSession, appointment_id: uuid.UUID) -> FreedSlot | None:
    """The freed time that came from an appointment, if there is one."""
    return await tx.scalar(select(FreedSlot).where(FreedSlot.appointment_id == appointment_id))


async def who_acts(tx: ReadSession) -> str:
    """The person or program in whose name this unit of work is."""
    return str(await tx.scalar(select(func.current_setting("app.actor"))))


async def live_slots(tx: ReadSession) -> Sequence[FreedSlot]:
    """Freed times that are not filled, earliest first."""
    query = select(FreedSlot).where(FreedSlot.state.in_(LIVE)).order_by(FreedSlot.starts_at)
    return (await tx.scalars(query.limit(LIVE_MAX))).all()


async def slots(
    tx: ReadSession, states: Sequence[str], *, sort: str, first: int, size: int
) -> tuple[Sequence[FreedSlot], int]:
    """A part of the freed times in these states; and how many there are."""
    order = FreedSlot.starts_at.asc() if sort == "starts" else FreedSlot.starts_at.desc()
    query = select(FreedSlot).where(FreedSlot.state.in_(states)).order_by(order, FreedSlot.id)
    return await part_of(tx, query, first=first, size=size)


async def held_counts(
    tx: ReadSession, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, int]]:
    """For each of these freed times: how many are asked now, and how many wait for their turn."""
    query = (
        select(
            SlotOffer.slot_id,
            func.count().filter(SlotOffer.state == OfferState.HELD),
            func.count().filter(SlotOffer.state == OfferState.WAITING),
        )
        .where(SlotOffer.slot_id.in_(ids))
        .group_by(SlotOffer.slot_id)
    )
    return {row[0]: (row[1], row[2]) for row in (await tx.execute(query)).all()} if ids else {}


async def to_turn(tx: ReadSession, *, at: datetime) -> Sequence[uuid.UUID]:
    """Live freed times with which something has to be done now: passed, late, or nobody asked."""
    held = select(SlotOffer.id).where(
        SlotOffer.slot_id == FreedSlot.id, SlotOffer.state == OfferState.HELD
    )
    over = held.join(Referral, Referral.id == SlotOffer.referral_id).where(
        or_(SlotOffer.holds_until <= at, Referral.state != State.OFFERED)
    )
    ready = (
        select(SlotOffer.id)
        .join(Referral, Referral.id == SlotOffer.referral_id)
        .where(
            SlotOffer.slot_id == FreedSlot.id,
            SlotOffer.state == OfferState.WAITING,
            Referral.state == State.WAITLISTED,
        )
    )
    is_ready = (FreedSlot.state == SlotState.OPEN) & exists(ready) & ~exists(held)
    query = (
        select(FreedSlot.id)
        .where(FreedSlot.state.in_(LIVE), or_(FreedSlot.starts_at <= at, exists(over), is_ready))
        .order_by(FreedSlot.starts_at)
    )
    return (await tx.scalars(query.limit(TURNS_MAX))).all()


async def is_booked(
    tx: ReadSession, clinician_id: uuid.UUID, starts_at: datetime, ends_at: datetime
) -> bool:
    """Whether a clinician has a visit in this time."""
    query = select(Appointment.id).where(
        Appointment.clinician_id == clinician_id,
        Appointment.starts_at < ends_at,
        Appointment.ends_at > starts_at,
        took_place(),
    )
    return await tx.scalar(query.limit(1)) is not None


async def is_taken(tx: ReadSession, slot: FreedSlot, client_id: uuid.UUID) -> bool:
    """Whether the clinician of a freed time, or this client, has a visit at it."""
    ends_at = slot.starts_at + timedelta(minutes=slot.minutes)
    query = select(Appointment.id).where(
        or_(Appointment.clinician_id == slot.clinician_id, Appointment.client_id == client_id),
        Appointment.starts_at < ends_at,
        Appointment.ends_at > slot.starts_at,
        took_place(),
    )
    return await tx.scalar(query.limit(1)) is not None


async def booked_over(tx: ReadSession, *, at: datetime) -> Sequence[uuid.UUID]:
    """Live freed times at which the clinician has an appointment again: someone filled them by hand."""
    ends = FreedSlot.starts_at + func.make_interval(0, 0, 0, 0, 0, FreedSlot.minutes)
    taken = select(Appointment.id).where(
        took_place(),
        Appointment.id.is_distinct_from(FreedSlot.appointment_id),
        Appointment.clinician_id == FreedSlot.clinician_id,
        Appointment.starts_at < ends,
        Appointment.ends_at > FreedSlot.starts_at,
    )
    query = select(FreedSlot.id).where(
        FreedSlot.state.in_(LIVE), FreedSlot.starts_at > at, exists(taken)
    )
    return (await tx.scalars(query.limit(TURNS_MAX))).all()


async def canceled(tx: ReadSession, *, after: datetime, until: datetime) -> Sequence[Appointment]:
    """Canceled appointments to come whose time is free and was not proposed yet, earliest first."""
    other = aliased(Appointment)
    taken = select(other.id).where(
        other.clinician_id == Appointment.clinician_id,
        took_place(other),
        other.starts_at < Appointment.ends_at,
        other.ends_at > Appointment.starts_at,
    )
    known = select(FreedSlot.id).where(
        or_(
            FreedSlot.appointment_id == Appointment.id,
            (FreedSlot.clinician_id == Appointment.clinician_id)
            & (FreedSlot.starts_at == Appointment.starts_at)
            & FreedSlot.state.in_(LIVE),
        )
    )
    query = select(Appointment).where(
        Appointment.status.in_(NOT_TAKEN),
        Appointment.clinician_id.is_not(None),
        Appointment.starts_at > after,
        Appointment.starts_at <= until,
        ~exists(taken),
        ~exists(known),
    )
    return (await tx.scalars(query.order_by(Appointment.starts_at).limit(TURNS_MAX))).all()


async def offers_of_referral(
    tx: ReadSession, referral_id: uuid.UUID
) -> Sequence[tuple[SlotOffer, FreedSlot]]:
    """What a referral was offered, newest first."""
    query = (
        select(SlotOffer, FreedSlot)
        .join(FreedSlot, FreedSlot.id == SlotOffer.slot_id)
        .where(SlotOffer.referral_id == referral_id)
        .order_by(SlotOffer.put_at.desc())
        .limit(20)
    )
    return [(row[0], row[1]) for row in (await tx.execute(query)).all()]


async def offer_with_owner(
    tx: ReadSession, offer_id: uuid.UUID
) -> tuple[SlotOffer, FreedSlot, uuid.UUID | None] | None:
    """One offer with its freed time, and whose the referral is."""
    query = (
        select(SlotOffer, FreedSlot, Referral.owner_id)
        .join(FreedSlot, FreedSlot.id == SlotOffer.slot_id)
        .join(Referral, Referral.id == SlotOffer.referral_id)
        .where(SlotOffer.id == offer_id)
    )
    row = (await tx.execute(query)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def not_on(tx: ReadSession, kind: str, *, limit: int) -> Sequence[uuid.UUID]:
    """Offers that ask for a step and have no row on the work list."""
    on_list = exists().where(WorkItem.subject_kind == kind, WorkItem.subject_id == SlotOffer.id)
    query = select(SlotOffer.id).where(SlotOffer.state.in_(_OPEN_OFFERS), ~on_list)
    return (await tx.scalars(query.limit(limit))).all()
