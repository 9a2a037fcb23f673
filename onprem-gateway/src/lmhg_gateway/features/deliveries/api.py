"""Intake for programs: the messages by state, and the two steps for one that is held."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery

from lmhg_gateway.features.deliveries.queue import INTAKE
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.http.queue import QueueItem, State
from lmhg_kit.persistence import ReadSession, WriteSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class MessageOut(msgspec.Struct, frozen=True, kw_only=True):
    """One message from IntakeQ: how it is, never what is in it."""

    id: uuid.UUID
    state: State
    code: str
    received_at: datetime
    attempts: int
    next_at: datetime | None


class MessagesOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the messages of one state, and how many there are."""

    messages: list[MessageOut]
    total: int


def _out(item: QueueItem) -> MessageOut:
    return MessageOut(
        id=item.id,
        state=item.state,
        code=item.code,
        received_at=item.since,
        attempts=item.attempts,
        next_at=item.next_at,
    )


@answers("/api/v1/intake", "intake.read", purpose="intake.list", tag="intake")
async def list_messages(
    tx: ReadSession,
    _ask: Ask[Any],
    in_state: FromQuery[State] = "held",
    page: FromQuery[PageNumber] = 1,
) -> MessagesOut:
    """Fifty messages of one state; what is held or waits oldest first, the others newest first."""
    counts = await INTAKE.store.counts(tx)
    found = await INTAKE.store.listed(
        tx, state=in_state, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE
    )
    return MessagesOut(messages=[_out(each) for each in found], total=counts.get(in_state, 0))


@does(
    "/api/v1/intake/{message_id:uuid}/again", "intake.decide", purpose="intake.again", tag="intake"
)
async def try_again(
    tx: WriteSession, _ask: Ask[Any], message_id: FromPath[uuid.UUID]
) -> MessageOut:
    """Try a message from the beginning that is held or set aside."""
    return await _decided(tx, message_id, await INTAKE.store.again(tx, message_id))


@does(
    "/api/v1/intake/{message_id:uuid}/aside", "intake.decide", purpose="intake.aside", tag="intake"
)
async def set_aside(
    tx: WriteSession, _ask: Ask[Any], message_id: FromPath[uuid.UUID]
) -> MessageOut:
    """End a held message without doing it; it is kept."""
    return await _decided(tx, message_id, await INTAKE.store.aside(tx, message_id))


async def _decided(tx: WriteSession, message_id: uuid.UUID, count: int) -> MessageOut:
    found = await INTAKE.store.one(tx, message_id)
    if found is None:
        raise NotFound("intake")
    if not count:
        raise Conflict("queue_moved")
    return _out(found)


HANDLERS = (list_messages, try_again, set_aside)
