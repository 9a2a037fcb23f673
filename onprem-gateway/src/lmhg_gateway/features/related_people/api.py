"""The people around a client for programs: listed, added, changed, removed; and the privacy notice."""

import uuid
from datetime import date
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.related_people import repository, service
from lmhg_gateway.features.related_people.forms import EditPerson, NoticeForm, PersonForm
from lmhg_gateway.features.related_people.models import PrivacyNotice, RelatedPerson
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

OF_CLIENT = "/api/v1/clients/{client_id:uuid}/people"
NOTICES = "/api/v1/clients/{client_id:uuid}/privacy-notices"
ONE = "/api/v1/related/{related_id:uuid}"
READ, WRITE, TAG = "related_people.read", "related_people.write", "people around a client"
Id = FromPath[uuid.UUID]


class PersonOut(msgspec.Struct, frozen=True, kw_only=True):
    """Someone around a client; `consents` and `limits` say what they may decide."""

    id: uuid.UUID
    client_id: uuid.UUID
    version: int
    name: str
    role: str
    consents: str
    limits: str
    phone: str
    email: str
    is_emergency: bool
    may_know: bool
    may_voicemail: bool | None
    may_text: bool | None
    may_email: bool | None
    document_id: uuid.UUID | None


class PeopleOut(msgspec.Struct, frozen=True, kw_only=True):
    """The people around a client."""

    people: list[PersonOut]


class NoticeOut(msgspec.Struct, frozen=True, kw_only=True):
    """How the privacy notice was given."""

    id: uuid.UUID
    outcome: str
    day: date
    note: str


class NoticesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Each time, the newest first."""

    notices: list[NoticeOut]


def _out(each: RelatedPerson) -> PersonOut:
    return PersonOut(
        id=each.id,
        client_id=each.client_id,
        version=each.version,
        name=each.name or "",
        role=each.role,
        consents=each.consents,
        limits=each.limits or "",
        phone=each.phone or "",
        email=each.email or "",
        is_emergency=each.is_emergency,
        may_know=each.may_know,
        may_voicemail=each.may_voicemail,
        may_text=each.may_text,
        may_email=each.may_email,
        document_id=each.document_id,
    )


def _notice(each: PrivacyNotice) -> NoticeOut:
    return NoticeOut(id=each.id, outcome=each.outcome, day=each.day, note=each.note or "")


async def _known(tx: ReadSession, client_id: uuid.UUID) -> None:
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")


@answers(OF_CLIENT, READ, purpose="related_people.list", tag=TAG)
async def list_people(tx: ReadSession, _ask: Ask[Any], client_id: Id) -> PeopleOut:
    """The people around a client, who is called in an emergency first."""
    return PeopleOut(people=[_out(each) for each in await repository.of_client(tx, client_id)])


@does(OF_CLIENT, WRITE, purpose="related_person.add", tag=TAG, status=201)
async def new_person(
    tx: WriteSession, _ask: Ask[Any], client_id: Id, data: JSONBody[PersonForm]
) -> PersonOut:
    """Write down a guardian or emergency contact."""
    await _known(tx, client_id)
    return _out(await service.add(tx, data, client_id=client_id))


@does(ONE, WRITE, purpose="related_person.edit", tag=TAG, method="PUT")
async def change_person(
    tx: WriteSession, _ask: Ask[Any], related_id: Id, data: JSONBody[EditPerson]
) -> PersonOut:
    """Change what is known of someone, by the version that was read."""
    found = await service.edit(tx, related_id, data)
    await tx.refresh(found)
    return _out(found)


@does(f"{ONE}/remove", WRITE, purpose="related_person.remove", tag=TAG)
async def drop_person(tx: WriteSession, ask: Ask[Any], related_id: Id) -> PersonOut:
    """Take someone off every page and out of the search."""
    return _out(await service.remove(tx, related_id, by=ask.by, at=ask.at))


@answers(NOTICES, READ, purpose="privacy_notice", tag=TAG)
async def list_notices(tx: ReadSession, _ask: Ask[Any], client_id: Id) -> NoticesOut:
    """How the privacy notice was given to a client."""
    found = await repository.notices_of(tx, client_id)
    return NoticesOut(notices=[_notice(each) for each in found])


@does(NOTICES, WRITE, purpose="privacy_notice", tag=TAG, status=201)
async def new_notice(
    tx: WriteSession, ask: Ask[Any], client_id: Id, data: JSONBody[NoticeForm]
) -> NoticeOut:
    """Put on record how the privacy notice was given."""
    await _known(tx, client_id)
    today = ask.practice.today()
    return _notice(
        await service.record_notice(tx, data, client_id=client_id, by=ask.by, today=today)
    )


HANDLERS = (list_people, new_person, change_person, drop_person, list_notices, new_notice)
