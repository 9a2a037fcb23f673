"""Use cases of the people around a client: added, changed, removed, found; and the privacy notice."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from msgspec import structs

from lmhg_gateway.features.clients.public import blind_index, search_groups
from lmhg_gateway.features.documents.public import client_of_document
from lmhg_gateway.features.related_people import repository
from lmhg_gateway.features.related_people.forms import EditPerson, NoticeForm, PersonForm
from lmhg_gateway.features.related_people.models import PrivacyNotice, RelatedPerson
from lmhg_gateway.features.related_people.rules import check_notice, problems
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

FIELDS = PersonForm.__struct_fields__
TEXTS = ("name", "phone", "email", "limits")


async def view(tx: ReadSession, person_id: uuid.UUID) -> RelatedPerson:
    """One person. Raises: NotFound."""
    found = await repository.by_id(tx, person_id)
    if found is None:
        raise NotFound("related_person")
    return found


async def add(tx: WriteSession, form: PersonForm, *, client_id: uuid.UUID) -> RelatedPerson:
    """Write down someone around a client, findable at once. Raises: Invalid, NotFound."""
    made = RelatedPerson(client_id=client_id)
    await _check(tx, form, client_id)
    _apply(made, form)
    await repository.add(tx, made)
    await _reindex(tx, made)
    return made


async def edit(tx: WriteSession, person_id: uuid.UUID, form: EditPerson) -> RelatedPerson:
    """Change what is known of someone. Raises: NotFound, Invalid, Conflict."""
    found = await _held(tx, person_id)
    if found.version != form.version:
        raise Conflict("related_person_changed")
    await _check(tx, form, found.client_id)
    _apply(found, form)
    await _reindex(tx, found)
    return found


async def _check(tx: WriteSession, form: PersonForm, client_id: uuid.UUID) -> None:
    wrong = problems(
        form.role,
        consents=form.consents,
        limits=form.limits,
        phone=form.phone,
        email=form.email,
    )
    if wrong:
        raise Invalid("related_person_wrong", fields=wrong)
    if form.document_id and await client_of_document(tx, form.document_id) != client_id:
        raise NotFound("document")


def _apply(person: RelatedPerson, form: PersonForm) -> None:
    """Set what differs, so that a ciphertext changes only when its text does."""
    for name, value in structs.asdict(form).items():
        if name not in FIELDS:
            continue
        wanted = (value or None) if name in TEXTS else value
        if getattr(person, name) != wanted:
            setattr(person, name, wanted)


async def _reindex(tx: WriteSession, person: RelatedPerson) -> None:
    await tx.flush()
    index = blind_index()
    tokens = index.name_tokens(person.name) | index.phone_token(person.phone)
    tokens |= index.email_token(person.email)
    await repository.put_tokens(tx, person.id, set() if person.ended_at else tokens)


async def remove(tx: WriteSession, person_id: uuid.UUID, *, by: str, at: datetime) -> RelatedPerson:
    """Take someone off every page and out of the search. Raises: NotFound."""
    found = await _held(tx, person_id)
    if found.ended_at is None:
        found.ended_by, found.ended_at = by, at
        await _reindex(tx, found)
    return found


async def restore(tx: WriteSession, person_id: uuid.UUID) -> RelatedPerson:
    """Bring someone back. Raises: NotFound."""
    found = await _held(tx, person_id)
    found.ended_by = found.ended_at = None
    await _reindex(tx, found)
    return found


async def record_notice(
    tx: WriteSession, form: NoticeForm, *, client_id: uuid.UUID, by: str, today: date
) -> PrivacyNotice:
    """Put on record how the privacy notice was given. Raises: Invalid."""
    wrong = check_notice(form.outcome, day=form.day, note=form.note, today=today)
    if wrong:
        raise Invalid("privacy_notice_wrong", fields=wrong)
    made = PrivacyNotice(client_id=client_id, outcome=form.outcome, day=form.day, recorded_by=by)
    made.note = form.note or None
    await repository.add(tx, made)
    return made


async def search(tx: ReadSession, text: str, *, limit: int) -> Sequence[RelatedPerson]:
    """People around clients by name, phone or email; none where the text is no search for one."""
    try:
        groups = search_groups(text, blind_index())
    except Invalid:
        return []
    if not groups or not all(groups):
        return []
    return await repository.with_tokens(tx, groups, limit=limit)


async def _held(tx: WriteSession, person_id: uuid.UUID) -> RelatedPerson:
    found = await repository.locked(tx, person_id)
    if found is None:
        raise NotFound("related_person")
    return found
