"""Use cases of batches: proposed by what is due, looked through, asked for and decided."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from lmhg_gateway.features.clients.public import birth_date_of, with_ids
from lmhg_gateway.features.retention import repository
from lmhg_gateway.features.retention.models import DisposalBatch, DisposalItem
from lmhg_gateway.features.retention.repository import Candidate
from lmhg_gateway.features.retention.rules import (
    ASKED_ONLY,
    CLIENTS,
    ITEMS_MAX,
    MESSAGES,
    Due,
    ItemState,
    LeftOut,
    State,
    due,
    last_possible,
    line_of,
    why_not_due,
)
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, Forbidden, NotFound
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

BATCH, ITEM = "disposal_batch", "disposal_item"
FIRST = uuid.UUID(int=0)


class Found(NamedTuple):
    """One record that is due, by which line and since when."""

    candidate: Candidate
    line: str
    years: int
    due: Due


async def find_due(
    tx: ReadSession, years: Mapping[str, int], practice: Practice, *, apart: Apart
) -> list[Found]:
    """The records that are due, as many as a batch has at most; lines without years have none.

    A record that can't be read is not listed, and keeps no other from being listed: `apart` knows of it.
    """
    asked = {code: years[code] for code in (CLIENTS, ASKED_ONLY) if code in years}
    if not asked:
        return []
    today = practice.today()
    newest = last_possible(today, min(asked.values())) + timedelta(days=1)
    before = practice.bounds(newest)[0]
    found: list[Found] = []
    after: uuid.UUID | None = FIRST
    while after is not None and len(found) < ITEMS_MAX:
        some, after = await repository.candidates(tx, after=after, before=before)
        known = {each.id: each for each in await with_ids(tx, [one.client_id for one in some])}
        for each in some:
            async with apart.item(each.client_id):
                born = birth_date_of(known[each.client_id])
                one = _due(each, born, asked, today=today, practice=practice)
                found += [one] if one else []
    return found[:ITEMS_MAX]


def _due(
    each: Candidate,
    born: date | None,
    years: Mapping[str, int],
    *,
    today: date,
    practice: Practice,
) -> Found | None:
    line, last_on = line_of(was_seen=each.was_seen), practice.day_of(each.last_at)
    why = why_not_due(
        last_on,
        born=born,
        kept_until=each.kept_until,
        was_seen=each.was_seen,
        line=line,
        years=years,
        today=today,
    )
    if why is not None:
        return None
    when = due(last_on, born=born, years=years[line], kept_until=each.kept_until)
    return Found(each, line, years[line], when)


async def propose(
    tx: WriteSession, practice: Practice, *, by: str, apart: Apart
) -> DisposalBatch | None:
    """A batch of what is due now; None where nothing is. Raises: Conflict where one is open already."""
    if await repository.open_batch(tx) is not None:
        raise Conflict("disposal_open")
    years = await repository.years(tx)
    found = await find_due(tx, years, practice, apart=apart)
    before = await _messages_before(tx, years, practice)
    if not found and before is None:
        return None
    batch = DisposalBatch(
        id=new_id(),
        state=State.PROPOSED.value,
        salt=secrets.token_hex(32),
        messages_before=before,
        proposed_by=by,
    )
    await repository.add(tx, batch)
    for each in found:
        tx.sync_session.add(
            DisposalItem(
                batch_id=batch.id,
                client_id=each.candidate.client_id,
                line=each.line,
                years=each.years,
                last_at=each.candidate.last_at,
                due_on=each.due.on,
                from_birthday=each.due.from_birthday,
                state=ItemState.LISTED.value,
            )
        )
    await tx.flush()
    return batch


async def _messages_before(
    tx: ReadSession, years: Mapping[str, int], practice: Practice
) -> datetime | None:
    if MESSAGES not in years:
        return None
    day = last_possible(practice.today(), years[MESSAGES])
    before = datetime.combine(day, time(), tzinfo=practice.zone)
    return before if await repository.oldest_message(tx, before=before) else None


async def view(tx: ReadSession, batch_id: uuid.UUID) -> DisposalBatch:
    """One batch. Raises: NotFound."""
    found = await repository.batch(tx, batch_id)
    if found is None:
        raise NotFound(BATCH)
    return found


async def leave_out(
    tx: WriteSession,
    batch_id: uuid.UUID,
    item_id: uuid.UUID,
    why: LeftOut,
    *,
    by: str,
    at: datetime,
) -> DisposalItem:
    """Take a record out of a batch that is not decided. Raises: NotFound, Conflict."""
    batch = await _locked(tx, batch_id)
    item = await repository.item(tx, item_id)
    if item is None or item.batch_id != batch_id:
        raise NotFound(ITEM)
    if batch.state not in (State.PROPOSED, State.ASKED) or item.state != ItemState.LISTED:
        raise Conflict("disposal_decided")
    item.state, item.left_out_why = ItemState.LEFT_OUT.value, why.value
    item.left_out_by, item.left_out_at = by, at
    await tx.flush()
    return item


async def ask(tx: WriteSession, batch_id: uuid.UUID, why: str, *, by: str, at: datetime) -> None:
    """Ask that a batch is disposed of. Raises: NotFound, Conflict."""
    batch = await _locked(tx, batch_id)
    if batch.state != State.PROPOSED:
        raise Conflict("disposal_decided")
    batch.state, batch.asked_by, batch.asked_at = State.ASKED.value, uuid.UUID(by), at
    batch.why = why
    await tx.flush()


async def decide(
    tx: WriteSession, batch_id: uuid.UUID, verdict: str, *, by: str, at: datetime
) -> DisposalBatch:
    """Approve or decline as a second person, or cancel. Raises: NotFound, Conflict, Forbidden."""
    batch = await _locked(tx, batch_id)
    is_drop = verdict == State.DROPPED.value
    open_to = (State.PROPOSED, State.ASKED) if is_drop else (State.ASKED,)
    if batch.state not in open_to:
        raise Conflict("disposal_decided")
    if not is_drop and str(batch.asked_by) == by:
        raise Forbidden("retention_own")
    batch.state, batch.decided_by, batch.decided_at = verdict, uuid.UUID(by), at
    await tx.flush()
    await tx.audit(f"disposal.{verdict}", kind=BATCH, ids=[batch_id])
    return batch


async def _locked(tx: WriteSession, batch_id: uuid.UUID) -> DisposalBatch:
    batch = await repository.locked_batch(tx, batch_id)
    if batch is None:
        raise NotFound(BATCH)
    return batch
