"""Differences for programs that a person signed in to."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.differences import repository, service
from lmhg_gateway.features.differences.forms import AllAlike
from lmhg_gateway.features.differences.models import IntakeqDifference
from lmhg_gateway.features.differences.pages import DECIDE, records_of
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
PATH = "/api/v1/intake/differences"
ONE = f"{PATH}/{{difference_id:uuid}}"


class DifferenceOut(msgspec.Struct, frozen=True, kw_only=True):
    """One field that IntakeQ and the office have differently."""

    id: uuid.UUID
    client_id: uuid.UUID
    kind: str
    field: str
    theirs: str | None
    ours: str | None
    agreed: str | None
    changed: str
    suggests: str
    state: str
    found_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class DifferencesOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the open differences, oldest first, and how many there are."""

    differences: list[DifferenceOut]
    total: int


class DecidedOut(msgspec.Struct, frozen=True, kw_only=True):
    """What one call decided or took back: its batch, and how many."""

    batch: uuid.UUID
    count: int


def _out(each: IntakeqDifference) -> DifferenceOut:
    return msgspec.convert(each, DifferenceOut, from_attributes=True)


@answers(PATH, DECIDE, purpose="differences.list", tag="intake")
async def list_differences(
    tx: ReadSession, _ask: Ask[Any], page: FromQuery[PageNumber] = 1
) -> DifferencesOut:
    """Fifty open differences, oldest first."""
    found, total = await repository.listed(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return DifferencesOut(differences=[_out(each) for each in found], total=total)


@does(f"{ONE}/theirs", DECIDE, purpose="differences.decide", tag="intake")
async def take_theirs(
    tx: WriteSession, ask: Ask[Any], difference_id: FromPath[uuid.UUID]
) -> DifferenceOut:
    """Use what IntakeQ has."""
    records = records_of(ask)
    return _out(
        await service.decide(tx, difference_id, "theirs", records=records, by=ask.by, at=ask.at)
    )


@does(f"{ONE}/ours", DECIDE, purpose="differences.decide", tag="intake")
async def leave_ours(
    tx: WriteSession, ask: Ask[Any], difference_id: FromPath[uuid.UUID]
) -> DifferenceOut:
    """Keep what the office has."""
    records = records_of(ask)
    return _out(
        await service.decide(tx, difference_id, "ours", records=records, by=ask.by, at=ask.at)
    )


@does(f"{ONE}/undo", DECIDE, purpose="differences.undo", tag="intake")
async def undo_difference(
    tx: WriteSession, ask: Ask[Any], difference_id: FromPath[uuid.UUID]
) -> DifferenceOut:
    """Take a decision back."""
    return _out(await service.undo(tx, difference_id, records=records_of(ask)))


@does(f"{PATH}/all", DECIDE, purpose="differences.decide", tag="intake")
async def decide_alike(tx: WriteSession, ask: Ask[Any], data: JSONBody[AllAlike]) -> DecidedOut:
    """Do what the rule suggests for all of one field; five hundred at a time."""
    batch, count = await service.decide_all(
        tx,
        kind=data.kind,
        field=data.field,
        suggests=data.suggests,
        count=data.count,
        newest=data.newest,
        records=records_of(ask),
        by=ask.by,
        at=ask.at,
    )
    return DecidedOut(batch=batch, count=count)


@does(f"{PATH}/batches/{{batch:uuid}}/undo", DECIDE, purpose="differences.undo", tag="intake")
async def undo_alike(tx: WriteSession, ask: Ask[Any], batch: FromPath[uuid.UUID]) -> DecidedOut:
    """Take back what one call decided; what was changed since stays."""
    count = await service.undo_batch(tx, batch, records=records_of(ask))
    return DecidedOut(batch=batch, count=count)


HANDLERS = (
    list_differences,
    take_theirs,
    leave_ours,
    undo_difference,
    decide_alike,
    undo_alike,
)
