"""From an event to records: fetch the object from IntakeQ, then write what it says.

Two halves: `fetch` calls IntakeQ and touches no database; `store` writes in the caller's unit of
work and calls nobody, so no transaction waits for the network.
"""

import uuid
from datetime import UTC, datetime

import msgspec
from sqlalchemy import select

from lmhg_gateway.adapters.intakeq import Form, Gone, IntakeQ, LockedNote, Person, Visit
from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.calendar.public import free_block, show_block
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.public import blind_index, link, linked, reindex
from lmhg_gateway.features.deliveries.events import Event
from lmhg_gateway.features.intakes.models import Intake
from lmhg_gateway.features.notes.models import Note
from lmhg_gateway.features.referrals.public import receive_intake
from lmhg_gateway.features.staff.models import StaffProfile
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
        return await _store_gone(tx, event)
    client = await store_person(tx, fetched.person)
    if isinstance(fetched.subject, Visit):
        return await store_visit(tx, client, fetched.subject)
    if isinstance(fetched.subject, Form):
        return await store_form(tx, client, fetched.subject)
    return await store_note(tx, client, fetched.subject)


async def store_person(tx: WriteSession, person: Person) -> Client:
    """The client of an IntakeQ profile, created or brought up to date."""
    known = await linked(tx, "client", person.number)
    client = await tx.get(Client, known) if known else None
    if client is None:
        client = Client(intakeq_number=person.number)
        tx.add(client)
        await tx.flush()
        await link(tx, "client", person.number, client.id)
    wanted = {
        "legal_name": person.name,
        "email": person.email,
        "phone": person.phone,
        "mobile": person.mobile,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "address": person.address,
        "payer": person.payer,
    }
    changed = {name: text for name, text in wanted.items() if getattr(client, name) != text}
    for name, text in changed.items():
        setattr(client, name, text)
    if changed:
        await reindex(tx, client)
    return client


async def store_visit(tx: WriteSession, client: Client, visit: Visit) -> str:
    """An appointment and its calendar block; an older state than ours changes nothing."""
    known = await linked(tx, "appointment", visit.id)
    kept = await tx.get(Appointment, known, with_for_update=True) if known else None
    if kept is not None and visit.changed_ms < kept.changed_ms:
        return "older_than_ours"
    fresh = kept is None
    appointment = kept or Appointment(client_id=client.id)
    appointment.client_id = client.id
    appointment.clinician_id = await _clinician(tx, visit.clinician_email)
    appointment.starts_at, appointment.ends_at = visit.starts_at, visit.ends_at
    appointment.status, appointment.changed_ms = visit.status, visit.changed_ms
    appointment.seen_at = datetime.now(UTC)
    for name, text in (("service", visit.service), ("place", visit.place)):
        if getattr(appointment, name) != text:
            setattr(appointment, name, text)
    if fresh:
        tx.add(appointment)
        await tx.flush()
        await link(tx, "appointment", visit.id, appointment.id)
    await show_block(tx, appointment, part2=client.part2)
    return "appointment_created" if fresh else "appointment_updated"


async def store_form(tx: WriteSession, client: Client, form: Form) -> str:
    """A submitted intake; a client's first one opens a referral."""
    known = await linked(tx, "intake", form.id)
    intake = await tx.get(Intake, known) if known else None
    fresh = intake is None
    intake = intake or Intake(client_id=client.id)
    intake.status, intake.submitted_at = form.status, form.submitted_at
    intake.form_name, intake.answers = form.name, form.answers
    if fresh:
        tx.add(intake)
        await tx.flush()
        await link(tx, "intake", form.id, intake.id)
        await receive_intake(tx, client.id, received_at=form.submitted_at or datetime.now(UTC))
    return "intake_created" if fresh else "intake_updated"


async def store_note(tx: WriteSession, client: Client, note: LockedNote) -> str:
    """That a note was locked; a re-lock counts only when its content changed."""
    token = blind_index().token("note", note.content.decode())
    known = await linked(tx, "note", note.id)
    kept = await tx.get(Note, known) if known else None
    if kept is None:
        fresh = Note(client_id=client.id, locked_at=note.at, content_token=token, title=note.title)
        tx.add(fresh)
        await tx.flush()
        await link(tx, "note", note.id, fresh.id)
        return "note_locked"
    if kept.content_token == token:
        return "note_unchanged"
    kept.content_token, kept.locked_at, kept.locks = token, note.at, kept.locks + 1
    kept.title = note.title
    return "note_locked_again"


async def _store_gone(tx: WriteSession, event: Event) -> str:
    known = await linked(tx, event.subject, event.object_id)
    if event.subject == "appointment" and known:
        appointment = await tx.get(Appointment, known)
        if appointment is not None:
            appointment.status = "deleted"
            await free_block(tx, appointment.id)
            return "appointment_deleted"
    return "object_gone"


async def _clinician(tx: WriteSession, email: str) -> uuid.UUID | None:
    return await tx.scalar(select(StaffProfile.id).where(StaffProfile.email == email))
