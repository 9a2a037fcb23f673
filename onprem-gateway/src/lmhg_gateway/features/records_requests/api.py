"""Requests for programs: listed, read, taken in, logged, handed over, answered."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.records_requests import repository, service
from lmhg_gateway.features.records_requests.forms import (
    AnswerForm,
    EndForm,
    ExtendForm,
    IdentityForm,
    LogForm,
    NewRequest,
    ReleaseForm,
)
from lmhg_gateway.features.records_requests.models import RecordsRequest
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/requests"
ONE = f"{PATH}/{{rights_id:uuid}}"
OF_CLIENT = "/api/v1/clients/{client_id:uuid}/requests"
READ, WRITE = "records_requests.read", "records_requests.write"
TAG = "requests"
Id = FromPath[uuid.UUID]


class RequestOut(msgspec.Struct, frozen=True, kw_only=True):
    """One request."""

    id: uuid.UUID
    client_id: uuid.UUID
    kind: str
    asked_by: str
    asker: str
    what: str
    purpose: str
    form: str
    received_on: date
    due_on: date
    checked_how: str | None
    extended_at: datetime | None
    extension_why: str
    outcome: str | None
    denied_for: str | None
    decision: str
    answered_on: date | None
    fee_cents: int | None
    closed_at: datetime | None
    ended_at: datetime | None


class RequestsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Up to a hundred requests."""

    requests: list[RequestOut]


class StepOut(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log."""

    act: str
    day: date
    said: str
    done_by: str
    done_at: datetime


class ReleaseOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed over; `disclosure_id` names its entry in the accounting."""

    disclosure_id: uuid.UUID
    released_on: date
    recipient: str
    what: str
    how: str


class WholeOut(msgspec.Struct, frozen=True, kw_only=True):
    """One request with its log and what was handed over."""

    request: RequestOut
    log: list[StepOut]
    released: list[ReleaseOut]


def _out(each: RecordsRequest) -> RequestOut:
    return RequestOut(
        id=each.id,
        client_id=each.client_id,
        kind=each.kind,
        asked_by=each.asked_by,
        asker=each.asker or "",
        what=each.what or "",
        purpose=each.purpose,
        form=each.form,
        received_on=each.received_on,
        due_on=each.due_on,
        checked_how=each.checked_how,
        extended_at=each.extended_at,
        extension_why=each.extension_why or "",
        outcome=each.outcome,
        denied_for=each.denied_for,
        decision=each.decision or "",
        answered_on=each.answered_on,
        fee_cents=each.fee_cents,
        closed_at=each.closed_at,
        ended_at=each.ended_at,
    )


async def _whole(tx: ReadSession, rights_id: uuid.UUID) -> WholeOut:
    found = await service.view(tx, rights_id)
    steps = await repository.steps_of(tx, [rights_id])
    return WholeOut(
        request=_out(found),
        log=[
            StepOut(
                act=each.act,
                day=each.day,
                said=each.said or "",
                done_by=each.done_by,
                done_at=each.done_at,
            )
            for each in steps
        ],
        released=[
            ReleaseOut(
                disclosure_id=each.disclosure_id,
                released_on=each.released_on,
                recipient=each.recipient or "",
                what=each.what or "",
                how=each.how,
            )
            for each in await repository.releases_of(tx, [rights_id])
        ],
    )


@answers(PATH, READ, purpose="records_requests.list", tag=TAG)
async def list_requests(tx: ReadSession, ask: Ask[Any]) -> RequestsOut:
    """Open requests, those due first."""
    found, _ = await repository.listed(
        tx,
        state=repository.OPEN,
        kind="",
        today=ask.practice.today(),
        first=0,
        size=repository.OF_CLIENT_MAX,
        sort="due",
    )
    return RequestsOut(requests=[_out(each) for each in found])


@answers(OF_CLIENT, READ, purpose="records_requests.list", tag=TAG)
async def list_of_client(tx: ReadSession, _ask: Ask[Any], client_id: Id) -> RequestsOut:
    """A client's requests: open ones first, then the newest."""
    found = await repository.of_client(tx, client_id)
    return RequestsOut(requests=[_out(each) for each in found])


@answers(ONE, READ, purpose="records_request.view", tag=TAG)
async def read_request(tx: ReadSession, _ask: Ask[Any], rights_id: Id) -> WholeOut:
    """One request with its log and what was handed over."""
    return await _whole(tx, rights_id)


@does(OF_CLIENT, WRITE, purpose="records_request.new", tag=TAG, status=201)
async def add_request(
    tx: WriteSession, ask: Ask[Any], client_id: Id, data: JSONBody[NewRequest]
) -> WholeOut:
    """Write down a request of a client."""
    if client_id not in await names_of(tx, [client_id]):
        raise NotFound("client")
    made = await service.take(tx, data, client_id=client_id, by=ask.by, practice=ask.practice)
    return await _whole(tx, made.id)


@does(f"{ONE}/identity", WRITE, purpose="records_request.identity", tag=TAG)
async def check_request_identity(
    tx: WriteSession, ask: Ask[Any], rights_id: Id, data: JSONBody[IdentityForm]
) -> WholeOut:
    """Say how the identity of who asks was checked."""
    how = data.checked_how
    await service.check_identity(tx, rights_id, how, by=ask.by, practice=ask.practice)
    return await _whole(tx, rights_id)


@does(f"{ONE}/extend", WRITE, purpose="records_request.extend", tag=TAG)
async def extend_one(
    tx: WriteSession, ask: Ask[Any], rights_id: Id, data: JSONBody[ExtendForm]
) -> WholeOut:
    """Use the one extension, while the first time still runs."""
    why = data.extension_why
    await service.extend(tx, rights_id, why, by=ask.by, practice=ask.practice)
    return await _whole(tx, rights_id)


@does(f"{ONE}/log", WRITE, purpose="records_request.log", tag=TAG)
async def log_one(
    tx: WriteSession, ask: Ask[Any], rights_id: Id, data: JSONBody[LogForm]
) -> WholeOut:
    """Write a letter, a call or a note into the log."""
    await service.log(tx, rights_id, data, by=ask.by, practice=ask.practice)
    return await _whole(tx, rights_id)


@does(f"{ONE}/release", WRITE, purpose="records_request.release", tag=TAG)
async def release_one(
    tx: WriteSession, ask: Ask[Any], rights_id: Id, data: JSONBody[ReleaseForm]
) -> WholeOut:
    """Put on record what is handed over, in the accounting too."""
    await service.release(tx, rights_id, data, by=ask.by, practice=ask.practice)
    return await _whole(tx, rights_id)


@does(f"{ONE}/answer", WRITE, purpose="records_request.answer", tag=TAG)
async def answer_one(
    tx: WriteSession, ask: Ask[Any], rights_id: Id, data: JSONBody[AnswerForm]
) -> WholeOut:
    """End the request with its answer."""
    await service.answer(tx, rights_id, data, by=ask.by, practice=ask.practice)
    return await _whole(tx, rights_id)


@does(f"{ONE}/reopen", WRITE, purpose="records_request.reopen", tag=TAG)
async def reopen_one(tx: WriteSession, ask: Ask[Any], rights_id: Id) -> WholeOut:
    """Take one's own answer back, shortly after it."""
    await service.reopen(tx, rights_id, by=ask.by, practice=ask.practice)
    return await _whole(tx, rights_id)


@does(f"{ONE}/end", WRITE, purpose="records_request.end", tag=TAG)
async def end_one(
    tx: WriteSession, ask: Ask[Any], rights_id: Id, data: JSONBody[EndForm]
) -> WholeOut:
    """Say that what was agreed is no longer in force."""
    await service.end(tx, rights_id, data.why, by=ask.by, practice=ask.practice)
    return await _whole(tx, rights_id)


HANDLERS = (
    list_requests,
    list_of_client,
    read_request,
    add_request,
    check_request_identity,
    extend_one,
    log_one,
    release_one,
    answer_one,
    reopen_one,
    end_one,
)
