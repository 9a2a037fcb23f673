"""Estimates for programs: listed, read, asked for, given."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.estimates import repository, service
from lmhg_gateway.features.estimates.forms import GivenForm, NewEstimate, NotOwedForm
from lmhg_gateway.features.estimates.models import Estimate
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/estimates"
ONE = f"{PATH}/{{estimate_id:uuid}}"
OF_CLIENT = "/api/v1/clients/{client_id:uuid}/estimates"
READ, WRITE, TAG = "estimates.read", "estimates.write", "estimates"
Id = FromPath[uuid.UUID]


class EstimateOut(msgspec.Struct, frozen=True, kw_only=True):
    """One estimate that a person is or was owed."""

    id: uuid.UUID
    client_id: uuid.UUID
    referral_id: uuid.UUID | None
    appointment_id: uuid.UUID | None
    why: str
    began_at: datetime
    visit_on: date | None
    due_at: datetime
    outcome: str | None
    given_on: date | None
    how: str | None
    amount_cents: int | None
    document_id: uuid.UUID | None
    note: str


class EstimatesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Up to a hundred estimates, those due first on top."""

    estimates: list[EstimateOut]


def _out(each: Estimate) -> EstimateOut:
    return EstimateOut(
        id=each.id,
        client_id=each.client_id,
        referral_id=each.referral_id,
        appointment_id=each.appointment_id,
        why=each.why,
        began_at=each.began_at,
        visit_on=each.visit_on,
        due_at=each.due_at,
        outcome=each.outcome,
        given_on=each.given_on,
        how=each.how,
        amount_cents=each.amount_cents,
        document_id=each.document_id,
        note=each.note or "",
    )


@answers(PATH, READ, purpose="estimates.list", tag=TAG)
async def list_estimates(tx: ReadSession, ask: Ask[Any]) -> EstimatesOut:
    """What is owed now."""
    found, _ = await repository.listed(
        tx, state=repository.OPEN, at=ask.at, first=0, size=repository.OF_CLIENT_MAX
    )
    return EstimatesOut(estimates=[_out(each) for each in found])


@answers(OF_CLIENT, READ, purpose="estimates.list", tag=TAG)
async def list_of_client(tx: ReadSession, _ask: Ask[Any], client_id: Id) -> EstimatesOut:
    """A client's estimates."""
    found = await repository.of_client(tx, client_id)
    return EstimatesOut(estimates=[_out(each) for each in found])


@answers(ONE, READ, purpose="estimate.view", tag=TAG)
async def read_estimate(tx: ReadSession, _ask: Ask[Any], estimate_id: Id) -> EstimateOut:
    """One estimate."""
    return _out(await service.view(tx, estimate_id))


@does(OF_CLIENT, WRITE, purpose="estimate.new", tag=TAG, status=201)
async def ask_for_estimate(
    tx: WriteSession, ask: Ask[Any], client_id: Id, data: JSONBody[NewEstimate]
) -> EstimateOut:
    """Say that a person is owed one; one that is open already may become due earlier."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    return _out(await service.ask(tx, client_id, data, by=ask.by, practice=ask.practice))


@does(f"{ONE}/give", WRITE, purpose="estimate.give", tag=TAG)
async def give_one(
    tx: WriteSession, ask: Ask[Any], estimate_id: Id, data: JSONBody[GivenForm]
) -> EstimateOut:
    """Say that it was given."""
    return _out(await service.give(tx, estimate_id, data, by=ask.by, practice=ask.practice))


@does(f"{ONE}/not-owed", WRITE, purpose="estimate.not_owed", tag=TAG)
async def drop_one(
    tx: WriteSession, ask: Ask[Any], estimate_id: Id, data: JSONBody[NotOwedForm]
) -> EstimateOut:
    """Say why none is needed."""
    why = data.not_why
    return _out(await service.say_not_owed(tx, estimate_id, why, by=ask.by, practice=ask.practice))


@does(f"{ONE}/reopen", WRITE, purpose="estimate.reopen", tag=TAG)
async def reopen_one(tx: WriteSession, ask: Ask[Any], estimate_id: Id) -> EstimateOut:
    """Take one's own answer back, within ten minutes."""
    return _out(await service.reopen(tx, estimate_id, by=ask.by, practice=ask.practice))


HANDLERS = (
    list_estimates,
    list_of_client,
    read_estimate,
    ask_for_estimate,
    give_one,
    drop_one,
    reopen_one,
)
