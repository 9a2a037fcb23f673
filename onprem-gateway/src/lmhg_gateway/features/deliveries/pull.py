"""From an event to records: fetch the object from IntakeQ, then let each feature write its part.

Two halves: `fetch` calls IntakeQ and touches no database; `store` writes in the caller's unit of
work and calls nobody, so no transaction waits for the network.
"""

from datetime import UTC, datetime

import msgspec

from lmhg_gateway.adapters.intakeq import Form, Gone, IntakeQ, LockedNote, Person, Visit
from lmhg_gateway.features.appointments.public import forget_visit, store_visit
from lmhg_gateway.features.clients.public import store_person
from lmhg_gateway.features.deliveries.events import Event
from lmhg_gateway.features.intakes.public import store_form
from lmhg_gateway.features.notes.public import store_note
from lmhg_gateway.features.referrals.public import receive_intake
from lmhg_kit.persistence import WriteSession


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What IntakeQ said about one event; `subject` None means that the object is gone."""

    subject: Visit | Form | LockedNote | None
    person: Person | None


async def fetch(api: IntakeQ, event: Event) -> Fetched:
    """The object of an event and its client's profile: two calls. Raises: Retry."""
    try:
        found: Visit | Form | LockedNote
        if event.subject == "appointment":
            found = await api.visit(event.object_id)
        elif event.subject == "intake":
            found = await api.form(event.object_id)
        else:
            found = await api.note(event.object_id)
        return Fetched(subject=found, person=await api.person(found.client_number))
    except Gone:
        return Fetched(subject=None, person=None)


async def store(tx: WriteSession, event: Event, fetched: Fetched) -> str:
    """Write what was fetched; the result code of the delivery."""
    if fetched.subject is None or fetched.person is None:
        known = event.subject == "appointment" and await forget_visit(tx, event.object_id)
        return "appointment_deleted" if known else "object_gone"
    client = await store_person(tx, fetched.person)
    if isinstance(fetched.subject, Visit):
        return await store_visit(tx, fetched.subject, client_id=client.id, part2=client.part2)
    if isinstance(fetched.subject, LockedNote):
        return await store_note(tx, fetched.subject, client_id=client.id)
    if not await store_form(tx, fetched.subject, client_id=client.id):
        return "intake_updated"
    received_at = fetched.subject.submitted_at or datetime.now(UTC)
    await receive_intake(tx, client.id, received_at=received_at)
    return "intake_created"
