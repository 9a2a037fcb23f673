"""Recalls for programs: who has nothing booked, and the decisions."""

import uuid
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.recalls import reading, repository, service
from lmhg_gateway.features.recalls.forms import DecideForm
from lmhg_gateway.features.recalls.models import Recall
from lmhg_gateway.features.recalls.rules import Outcome, Reason
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PART = 100


class NotBookedOut(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who was seen and has nothing booked; `last_on` where nothing was decided yet."""

    client_id: uuid.UUID
    name: str
    last_on: date | None
    month: str
    reason: str


class NotBookedPart(msgspec.Struct, frozen=True, kw_only=True):
    """The first 100 of a view, and how many there are; `is_bounded` when counting stopped there."""

    clients: list[NotBookedOut]
    total: int
    is_bounded: bool = False


class RecallOut(msgspec.Struct, frozen=True, kw_only=True):
    """One decision; `month` is its first day."""

    id: uuid.UUID
    client_id: uuid.UUID
    outcome: Outcome
    month: date | None
    reason: Reason
    decided_at: datetime


class RecallsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The decisions about a client, newest first."""

    recalls: list[RecallOut]


def _out(recall: Recall) -> RecallOut:
    return RecallOut(
        id=recall.id,
        client_id=recall.client_id,
        outcome=Outcome(recall.outcome),
        month=recall.month,
        reason=Reason(recall.reason),
        decided_at=recall.decided_at,
    )


@answers("/api/v1/recalls", "recalls.read", purpose="recalls.list", tag="recalls")
async def list_not_booked(
    tx: ReadSession, ask: Ask[Any], view: FromQuery[Literal["open", "now", "later"]] = "open"
) -> NotBookedPart:
    """Who was seen and has nothing booked: nothing decided (open), to ask this month, or later."""
    found = await reading.listed(tx, view, ask.practice, first=0, size=PART)
    return NotBookedPart(
        clients=[
            NotBookedOut(
                client_id=each.client_id,
                name=each.name,
                last_on=each.last_on,
                month=each.month,
                reason=each.reason,
            )
            for each in found.rows
        ],
        total=found.total,
        is_bounded=found.is_bounded,
    )


@answers(
    "/api/v1/clients/{client_id:uuid}/recalls",
    "recalls.read",
    purpose="recalls.client",
    tag="recalls",
)
async def list_recalls(
    tx: ReadSession, ask: Ask[Any], client_id: FromPath[uuid.UUID]
) -> RecallsOut:
    """What was decided about a client with nothing booked."""
    del ask
    return RecallsOut(recalls=[_out(each) for each in await repository.of_client(tx, client_id)])


@does(
    "/api/v1/clients/{client_id:uuid}/recalls",
    "recalls.write",
    purpose="recalls.decide",
    tag="recalls",
    status=201,
)
async def decide(
    tx: WriteSession, ask: Ask[Any], client_id: FromPath[uuid.UUID], data: JSONBody[DecideForm]
) -> RecallOut:
    """Decide when to ask a client again, or not to."""
    return _out(await service.decide(tx, client_id, data, by=ask.by, practice=ask.practice))


@does(
    "/api/v1/recalls/{recall_id:uuid}",
    "recalls.write",
    purpose="recalls.undo",
    tag="recalls",
    method="DELETE",
    status=204,
)
async def undo(tx: WriteSession, ask: Ask[Any], recall_id: FromPath[uuid.UUID]) -> None:
    """Take one's own decision back; what was decided before holds again."""
    await service.undo(tx, recall_id, by=ask.by, practice=ask.practice)


HANDLERS = (list_not_booked, list_recalls, decide, undo)
