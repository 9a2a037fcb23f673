"""Retention for programs: the schedule, holds and batches are read. Deciding asks for a person."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery

from lmhg_gateway.features.retention import batches, repository, service
from lmhg_gateway.features.retention.models import DisposalBatch
from lmhg_gateway.features.retention.pages import READ, lines_of
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
PATH, TAG = "/api/v1/retention", "retention"


class LineOut(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the schedule; without years nothing of it is disposed of."""

    code: str
    title: str
    clock: str
    years: int | None
    least: int


class ScheduleOut(msgspec.Struct, frozen=True, kw_only=True):
    """The schedule."""

    lines: list[LineOut]


class HoldOut(msgspec.Struct, frozen=True, kw_only=True):
    """One hold that lasts; without a client it is on everything."""

    id: uuid.UUID
    client_id: uuid.UUID | None
    referral_id: uuid.UUID | None
    placed_by: str
    placed_at: datetime


class HoldsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the holds that last on clients or on everything, and how many there are."""

    holds: list[HoldOut]
    total: int


class BatchOut(msgspec.Struct, frozen=True, kw_only=True):
    """One batch of records: how far it is, and how many records are in which state."""

    id: uuid.UUID
    state: str
    proposed_at: datetime
    asked_by: uuid.UUID | None
    decided_by: uuid.UUID | None
    done_at: datetime | None
    records: dict[str, int]


class BatchesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Batches, newest first."""

    batches: list[BatchOut]


async def _out(tx: ReadSession, found: list[DisposalBatch]) -> list[BatchOut]:
    counts = await repository.item_counts(tx, [each.id for each in found])
    return [
        BatchOut(
            id=each.id,
            state=each.state,
            proposed_at=each.proposed_at,
            asked_by=each.asked_by,
            decided_by=each.decided_by,
            done_at=each.done_at,
            records={name: n for (batch_id, name), n in counts.items() if batch_id == each.id},
        )
        for each in found
    ]


@answers(f"{PATH}/schedule", READ, purpose="retention.schedule", tag=TAG)
async def read_schedule(tx: ReadSession, ask: Ask[Any]) -> ScheduleOut:
    """The schedule."""
    found = await service.schedule(tx, lines_of(ask.request))
    return ScheduleOut(
        lines=[
            LineOut(
                code=each.line.code,
                title=each.line.title,
                clock=each.line.clock,
                years=each.years,
                least=each.line.least,
            )
            for each in found
        ]
    )


@answers(f"{PATH}/holds", READ, purpose="retention.holds", tag=TAG)
async def list_holds(tx: ReadSession, _ask: Ask[Any], page: FromQuery[PageNumber] = 1) -> HoldsOut:
    """Fifty legal holds that last, those on everything first, then the newest."""
    found, total = await repository.open_holds(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return HoldsOut(
        total=total,
        holds=[
            HoldOut(
                id=each.id,
                client_id=each.client_id,
                referral_id=each.referral_id,
                placed_by=each.placed_by,
                placed_at=each.placed_at,
            )
            for each in found
        ],
    )


@answers(f"{PATH}/batches", READ, purpose="disposal.list", tag=TAG)
async def list_batches(tx: ReadSession, _ask: Ask[Any]) -> BatchesOut:
    """The batches."""
    return BatchesOut(batches=await _out(tx, list(await repository.batches(tx))))


@answers(f"{PATH}/batches/{{batch_id:uuid}}", READ, purpose="disposal.view", tag=TAG)
async def read_batch(tx: ReadSession, _ask: Ask[Any], batch_id: FromPath[uuid.UUID]) -> BatchOut:
    """One batch."""
    return (await _out(tx, [await batches.view(tx, batch_id)]))[0]


HANDLERS = (read_schedule, list_holds, list_batches, read_batch)
