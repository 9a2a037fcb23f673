"""Use cases of differences: decide one or all that are alike, and take a decision back."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from lmhg_gateway.features.differences import repository
from lmhg_gateway.features.differences.copies import OPEN, agreed_of
from lmhg_gateway.features.differences.models import IntakeqCopy, IntakeqDifference
from lmhg_gateway.features.differences.rules import Side
from lmhg_gateway.web.sync_points import SyncedRecord
from lmhg_kit.clock import new_id
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import WriteSession

Records = Mapping[str, SyncedRecord]


def records_by_kind(found: Sequence[SyncedRecord]) -> Records:
    """The records that features share with IntakeQ."""
    return {each.kind: each for each in found}


async def decide(
    tx: WriteSession,
    difference_id: uuid.UUID,
    side: Side,
    *,
    records: Records,
    by: str,
    at: datetime,
) -> IntakeqDifference:
    """Keep what IntakeQ has, or what the office has. Raises: NotFound, Conflict."""
    row = await _held(tx, difference_id)
    if row.state != OPEN:
        raise Conflict("difference_decided")
    await _settle(tx, row, side, records=records, by=by, at=at)
    return row


async def decide_all(
    tx: WriteSession,
    *,
    kind: str,
    field: str,
    suggests: Side,
    count: int,
    newest: datetime,
    records: Records,
    by: str,
    at: datetime,
) -> tuple[uuid.UUID, int]:
    """Do what the rule suggests, for all that are alike: their batch, and how many.

    `count` and `newest` say what someone saw: what was found later stays open, and so does one whose
    record was changed meanwhile. Raises: Conflict where some of these are gone.
    """
    batch, done = new_id(), 0
    found = await repository.alike(tx, kind=kind, field=field, suggests=suggests, newest=newest)
    if len(found) != count:
        raise Conflict("differences_others")
    for row in found[: repository.ALL_MAX]:
        try:
            await _settle(tx, row, suggests, records=records, by=by, at=at)
        except Conflict:
            continue
        row.batch = batch
        done += 1
    return batch, done


async def undo(
    tx: WriteSession, difference_id: uuid.UUID, *, records: Records
) -> IntakeqDifference:
    """Take one decision back. Raises: NotFound, Conflict where something changed since."""
    row = await _held(tx, difference_id)
    if row.state not in {"theirs", "ours"}:
        raise Conflict("difference_decided")
    await _take_back(tx, row, records=records)
    return row


async def undo_batch(tx: WriteSession, batch: uuid.UUID, *, records: Records) -> int:
    """Take back what one press decided; what was changed since stays. How many."""
    done = 0
    for row in await repository.of_batch(tx, batch):
        if row.state not in {"theirs", "ours"}:
            continue
        try:
            await _take_back(tx, row, records=records)
        except Conflict:
            continue
        row.batch = None
        done += 1
    return done


async def _settle(
    tx: WriteSession,
    row: IntakeqDifference,
    side: Side,
    *,
    records: Records,
    by: str,
    at: datetime,
) -> None:
    copy = await _copy(tx, row)
    if side == "theirs":
        await _put(tx, row, copy, records=records, expected=row.ours, wanted=row.theirs)
        _agree(copy, row.field, row.theirs)
    row.state, row.decided_by, row.decided_at = side, by, at


async def _take_back(tx: WriteSession, row: IntakeqDifference, *, records: Records) -> None:
    copy = await _copy(tx, row)
    others = await repository.known(tx, copy.id)
    if any(each.field == row.field and each.state == OPEN for each in others):
        raise Conflict("difference_changed")
    if row.state == "theirs":
        await _put(tx, row, copy, records=records, expected=row.theirs, wanted=row.ours)
        if row.changed == "first":
            _agree(copy, row.field, None, forget=True)
        else:
            _agree(copy, row.field, row.agreed)
    row.state, row.decided_by, row.decided_at = OPEN, None, None


async def _put(
    tx: WriteSession,
    row: IntakeqDifference,
    copy: IntakeqCopy,
    *,
    records: Records,
    expected: str | None,
    wanted: str | None,
) -> None:
    """Change the record, where it still says what was shown. Raises: Conflict."""
    record = records.get(row.kind)
    if record is None:
        raise Conflict("difference_changed")
    now = await record.ours(tx, copy.record_id)
    if (now.get(row.field) or None) != expected:
        raise Conflict("difference_changed")
    await record.take(tx, copy.record_id, {row.field: wanted})


def _agree(copy: IntakeqCopy, field: str, text: str | None, *, forget: bool = False) -> None:
    agreed = agreed_of(copy)
    if forget:
        agreed.pop(field, None)
    else:
        agreed[field] = text
    copy.agreed = msgspec.json.encode(agreed).decode()


async def _copy(tx: WriteSession, row: IntakeqDifference) -> IntakeqCopy:
    found = await repository.copy_by_id(tx, row.copy_id)
    if found is None:
        raise NotFound("difference")
    return found


async def _held(tx: WriteSession, difference_id: uuid.UUID) -> IntakeqDifference:
    row = await repository.locked(tx, difference_id)
    if row is None:
        raise NotFound("difference")
    return row
