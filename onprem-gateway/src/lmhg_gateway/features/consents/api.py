"""Consents for programs: listed, read with what would follow, recorded, ended, restored."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.consents import repository, service
from lmhg_gateway.features.consents.forms import EndForm, NewConsent
from lmhg_gateway.features.consents.models import Consent
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

OF_CLIENT = "/api/v1/clients/{client_id:uuid}/consents"
ONE = "/api/v1/consents/{consent_id:uuid}"
READ, WRITE, TAG = "consents.read", "consents.write", "consents"
Id = FromPath[uuid.UUID]


class ConsentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One consent; `follows` are the codes of what follows if it ends now."""

    id: uuid.UUID
    client_id: uuid.UUID
    scope: str
    given_by: str
    giver: str
    how: str
    given_on: date
    expires_on: date | None
    party: str
    about: str
    document_id: uuid.UUID | None
    ended_at: datetime | None
    ended_why: str | None
    follows: list[str]


class ConsentsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A client's consents: those in force first; what would follow is told with one alone."""

    consents: list[ConsentOut]


def _out(each: Consent, follows: list[str]) -> ConsentOut:
    return ConsentOut(
        id=each.id,
        client_id=each.client_id,
        scope=each.scope,
        given_by=each.given_by,
        giver=each.giver or "",
        how=each.how,
        given_on=each.given_on,
        expires_on=each.expires_on,
        party=each.party or "",
        about=each.about or "",
        document_id=each.document_id,
        ended_at=each.ended_at,
        ended_why=each.ended_why,
        follows=follows,
    )


async def _whole(tx: ReadSession, ask: Ask[Any], found: Consent) -> ConsentOut:
    if found.ended_at is not None:
        return _out(found, [])
    wanted = await service.what_follows(tx, found, today=ask.practice.today())
    return _out(found, [each.value for each in wanted])


@answers(OF_CLIENT, READ, purpose="consents.list", tag=TAG)
async def list_consents(tx: ReadSession, _ask: Ask[Any], client_id: Id) -> ConsentsOut:
    """A client's consents."""
    found = await repository.of_client(tx, client_id)
    return ConsentsOut(consents=[_out(each, []) for each in found])


@answers(ONE, READ, purpose="consent.view", tag=TAG)
async def read_consent(tx: ReadSession, ask: Ask[Any], consent_id: Id) -> ConsentOut:
    """One consent, with what follows if it ends now."""
    return await _whole(tx, ask, await service.view(tx, consent_id))


@does(OF_CLIENT, WRITE, purpose="consent.new", tag=TAG, status=201)
async def new_consent(
    tx: WriteSession, ask: Ask[Any], client_id: Id, data: JSONBody[NewConsent]
) -> ConsentOut:
    """Record a consent of a client; what it allows counts at once."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    made = await service.record(tx, data, client_id=client_id, by=ask.by, practice=ask.practice)
    return await _whole(tx, ask, made)


@does(f"{ONE}/end", WRITE, purpose="consent.end", tag=TAG)
async def end_one(
    tx: WriteSession, ask: Ask[Any], consent_id: Id, data: JSONBody[EndForm]
) -> ConsentOut:
    """End a consent, with all that follows."""
    found = await service.end(tx, consent_id, data.why, by=ask.by, practice=ask.practice)
    return _out(found, [])


@does(f"{ONE}/restore", WRITE, purpose="consent.restore", tag=TAG)
async def restore_one(tx: WriteSession, ask: Ask[Any], consent_id: Id) -> ConsentOut:
    """Take an end back that one recorded, within ten minutes."""
    found = await service.restore(tx, consent_id, by=ask.by, practice=ask.practice)
    return await _whole(tx, ask, found)


HANDLERS = (list_consents, read_consent, new_consent, end_one, restore_one)
