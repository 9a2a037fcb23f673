"""Credentials for programs: listed, of one colleague with the panels, kept, renewed, ended."""

import uuid
from datetime import date
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.credentials import repository, rules, service
from lmhg_gateway.features.credentials.forms import CredentialForm, PanelForm, RenewForm
from lmhg_gateway.features.credentials.models import PayerPanel, StaffCredential
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/credentials"
PERSON = f"{PATH}/people/{{colleague_id:uuid}}"
ONE = f"{PATH}/{{credential_id:uuid}}"
READ, WRITE, MANAGE, TAG = (
    "credentials.read",
    "credentials.write",
    "people.manage",
    "credentials",
)
Id = FromPath[uuid.UUID]


class CredentialOut(msgspec.Struct, frozen=True, kw_only=True):
    """One credential of a colleague, and the last day on which it counts."""

    id: uuid.UUID
    person_id: uuid.UUID
    kind: str
    state: str | None
    number: str
    issuer: str
    valid_until: date


class CredentialsOut(msgspec.Struct, frozen=True, kw_only=True):
    """All that counts, those that end first on top."""

    credentials: list[CredentialOut]


class PanelOut(msgspec.Struct, frozen=True, kw_only=True):
    """A payer's panel that a clinician is or was on."""

    id: uuid.UUID
    payer: str
    name: str
    begins_on: date
    ends_on: date | None


class PersonOut(msgspec.Struct, frozen=True, kw_only=True):
    """What lets one colleague work."""

    credentials: list[CredentialOut]
    panels: list[PanelOut]


def _out(each: StaffCredential) -> CredentialOut:
    return msgspec.convert(each, CredentialOut, from_attributes=True)


def _panel(each: PayerPanel) -> PanelOut:
    return msgspec.convert(each, PanelOut, from_attributes=True)


@answers(PATH, READ, purpose="credentials.list", tag=TAG)
async def list_credentials(tx: ReadSession, ask: Ask[Any]) -> CredentialsOut:
    """Every credential that counts."""
    found, _ = await repository.listed(
        tx,
        which=repository.ALL,
        today=ask.practice.today(),
        first=0,
        size=repository.LISTED_MAX,
    )
    return CredentialsOut(credentials=[_out(each) for each in found])


@answers(PERSON, READ, purpose="credentials.person", tag=TAG)
async def read_person(tx: ReadSession, _ask: Ask[Any], colleague_id: Id) -> PersonOut:
    """One colleague's credentials and panels."""
    await service.name_of(tx, colleague_id)
    found = await repository.of_person(tx, colleague_id)
    panels = await repository.panels_of(tx, colleague_id)
    return PersonOut(
        credentials=[_out(each) for each in found], panels=[_panel(each) for each in panels]
    )


@does(PERSON, WRITE, purpose="credential.add", tag=TAG, status=201)
async def new_credential(
    tx: WriteSession, ask: Ask[Any], colleague_id: Id, data: JSONBody[CredentialForm]
) -> CredentialOut:
    """Keep one more credential; one's own, or anyone's by who manages people."""
    rules.check_whose(is_own=ask.by == str(colleague_id), is_manager=ask.may(MANAGE))
    today = ask.practice.today()
    return _out(await service.add(tx, colleague_id, data, by=ask.by, today=today))


@does(f"{ONE}/renew", WRITE, purpose="credential.renew", tag=TAG)
async def renew_one(
    tx: WriteSession, ask: Ask[Any], credential_id: Id, data: JSONBody[RenewForm]
) -> CredentialOut:
    """Let it count longer; of CAQH the day is that of the attestation."""
    found = await service.held(tx, credential_id)
    rules.check_whose(is_own=ask.by == str(found.person_id), is_manager=ask.may(MANAGE))
    await service.renew(tx, found, data.renewed, by=ask.by, today=ask.practice.today())
    return _out(found)


@does(f"{ONE}/end", WRITE, purpose="credential.end", tag=TAG)
async def end_one(tx: WriteSession, ask: Ask[Any], credential_id: Id) -> CredentialOut:
    """Remove it from every list."""
    found = await service.held(tx, credential_id)
    rules.check_whose(is_own=ask.by == str(found.person_id), is_manager=ask.may(MANAGE))
    await service.end(tx, found, by=ask.by, at=ask.at)
    return _out(found)


@does(f"{PERSON}/panels", MANAGE, purpose="panel.add", tag=TAG, status=201)
async def new_panel(
    tx: WriteSession, ask: Ask[Any], colleague_id: Id, data: JSONBody[PanelForm]
) -> PanelOut:
    """Put a clinician on a payer's panel."""
    return _panel(await service.add_panel(tx, colleague_id, data, by=ask.by))


@does(f"{PATH}/panels/{{panel_id:uuid}}/end", MANAGE, purpose="panel.end", tag=TAG)
async def end_one_panel(tx: WriteSession, ask: Ask[Any], panel_id: Id) -> PanelOut:
    """Take a clinician off a panel: today is the last day."""
    found = await service.held_panel(tx, panel_id)
    await service.end_panel(tx, found, by=ask.by, today=ask.practice.today())
    return _panel(found)


HANDLERS = (
    list_credentials,
    read_person,
    new_credential,
    renew_one,
    end_one,
    new_panel,
    end_one_panel,
)
