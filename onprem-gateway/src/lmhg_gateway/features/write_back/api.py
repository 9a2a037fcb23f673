"""Changes in IntakeQ for programs that a person signed in to."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.staff.public import addresses_of
from lmhg_gateway.features.write_back import repository, service
from lmhg_gateway.features.write_back.forms import ChangeOrder
from lmhg_gateway.features.write_back.models import IntakeqChange
from lmhg_gateway.features.write_back.pages import ASK, is_on
from lmhg_gateway.features.write_back.rules import Order
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
PATH = "/api/v1/intake/changes"


class ChangeOut(msgspec.Struct, frozen=True, kw_only=True):
    """One change that someone asked for in IntakeQ."""

    id: uuid.UUID
    act: str
    client_id: uuid.UUID
    subject_id: uuid.UUID
    state: str
    code: str | None
    attempts: int
    asked_by: str
    asked_at: datetime
    done_at: datetime | None


class ChangesOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the changes, newest first, how many there are, and whether any can be asked for."""

    changes: list[ChangeOut]
    total: int
    is_on: bool


def _out(each: IntakeqChange) -> ChangeOut:
    return msgspec.convert(each, ChangeOut, from_attributes=True)


@answers(PATH, ASK, purpose="write_back.list", tag="intake")
async def list_changes(
    tx: ReadSession, ask: Ask[Any], page: FromQuery[PageNumber] = 1
) -> ChangesOut:
    """Fifty changes, newest first."""
    found, total = await repository.listed(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return ChangesOut(changes=[_out(each) for each in found], total=total, is_on=is_on(ask))


@does(PATH, ASK, purpose="write_back.ask", tag="intake", status=201)
async def ask_change(tx: WriteSession, ask: Ask[Any], data: JSONBody[ChangeOrder]) -> ChangeOut:
    """Have a client sent, or an appointment booked, moved or canceled; the same again is one change."""
    found = await addresses_of(tx, [data.clinician_id]) if data.clinician_id else []
    order = Order(
        start=data.start,
        clinician=found[0] if found else "",
        service=data.service,
        reason=data.reason,
    )
    made = await service.ask(
        tx, data.act, data.subject_id, order, is_on=is_on(ask), by=ask.by, at=ask.at
    )
    return _out(made)


@does(f"{PATH}/{{change_id:uuid}}/take-back", ASK, purpose="write_back.take_back", tag="intake")
async def take_change_back(
    tx: WriteSession, ask: Ask[Any], change_id: FromPath[uuid.UUID]
) -> ChangeOut:
    """Do not send it, if nothing was sent yet."""
    return _out(await service.take_back(tx, change_id, at=ask.at))


@does(f"{PATH}/{{change_id:uuid}}/again", ASK, purpose="write_back.ask", tag="intake")
async def ask_change_again(
    tx: WriteSession, ask: Ask[Any], change_id: FromPath[uuid.UUID]
) -> ChangeOut:
    """Try one again that is held."""
    return _out(await service.again(tx, change_id, is_on=is_on(ask), at=ask.at))


HANDLERS = (list_changes, ask_change, take_change_back, ask_change_again)
