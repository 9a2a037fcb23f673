"""What canceling an appointment means for the waitlist: its time is proposed there, until it takes place after all."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.waitlist import repository, service
from lmhg_gateway.features.waitlist.offer_rules import LIVE
from lmhg_gateway.web.cancel_points import Effect
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


async def effects(tx: ReadSession, appointment_id: uuid.UUID) -> Sequence[Effect]:
    """That the time can be offered, where it is to come and someone sees clients in it."""
    found = await repository.appointment(tx, appointment_id)
    if found is None or found.clinician_id is None or found.starts_at <= utc_now():
        return ()
    said = "The waitlist proposes this time to people who wait."
    return (Effect(said, href="/waitlist"),)


async def propose(tx: WriteSession, appointment_id: uuid.UUID, practice: Practice) -> None:
    """Put the time down, for someone to look if it is free."""
    found = await repository.appointment(tx, appointment_id)
    known = await repository.slot_of_appointment(tx, appointment_id)
    if found is not None and known is None and found.starts_at > practice.clock():
        await service.propose(tx, found, await service.rules_of(tx))


async def withdraw(tx: WriteSession, appointment_id: uuid.UUID, practice: Practice) -> bool:
    """The appointment takes place after all: who has an offer of its time is to be told."""
    slot = await repository.slot_of_appointment(tx, appointment_id)
    if slot is not None and slot.state in LIVE:
        slot.appointment_id = None
        by = await repository.who_acts(tx)
        await service.withdraw(tx, slot.id, by=by, practice=practice)
    return False
