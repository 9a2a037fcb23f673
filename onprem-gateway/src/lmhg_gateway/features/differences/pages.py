"""Pages of differences: the inbox, one of them, and the decisions."""

import uuid
from typing import Any

from litestar import Response

from lmhg_gateway.features.differences import repository, service, views
from lmhg_gateway.features.differences.forms import AllAlike
from lmhg_gateway.features.differences.listed import DIFFERENCES
from lmhg_gateway.features.differences.service import Records
from lmhg_gateway.features.differences.views import PATH
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.sync_points import SyncedRecord
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, Context, Done, acts, shows
from lmhg_kit.http.state import FEATURES
from lmhg_kit.persistence import ReadSession, WriteSession

DECIDE = "differences.decide"
ONE = f"{PATH}/{{difference_id:uuid}}"


def records_of(ask: Ask[Any]) -> Records:
    """What the features share with IntakeQ."""
    return service.records_by_kind(FEATURES.of(ask.request).contributions(SyncedRecord))


@shows(PATH, DECIDE, template="differences/list.html", purpose="differences.list")
async def differences(tx: ReadSession, ask: Ask[Any]) -> Context | Response[Any]:
    """Fields that IntakeQ and the office have differently, and what can be decided with one press."""
    wanted, records = DIFFERENCES.wanted(ask.request), records_of(ask)
    found, total = await repository.listed(tx, first=wanted.first, size=wanted.size)
    groups = await repository.groups(tx)
    rows = await views.rows(tx, found, records=records, staff={})
    await DIFFERENCES.audit(tx, wanted)
    if wanted.is_file:
        return DIFFERENCES.file(ask.request, rows, total=total)
    return {
        "list": DIFFERENCES.made(wanted, rows, total=total),
        "groups": views.group_words(groups, records),
        "first": rows[0].id if rows else None,
    }


@shows(ONE, DECIDE, template="differences/difference.html", purpose="differences.view")
async def difference(tx: ReadSession, ask: Ask[Any], difference_id: uuid.UUID) -> Context:
    """One difference: what IntakeQ has, what the office has, and what both had before."""
    found = await repository.by_id(tx, difference_id)
    if found is None:
        raise NotFound("difference")
    staff = await staff_names(tx)
    queue = await repository.queue(tx)
    at = queue.index(difference_id) if difference_id in queue else -1
    (row,) = await views.rows(tx, [found], records=records_of(ask), staff=staff)
    return {
        "row": row,
        "place": at + 1,
        "total": len(queue),
        "before": queue[at - 1] if at > 0 else None,
        "after": queue[at + 1] if at + 1 < len(queue) else None,
    }


async def _after(tx: ReadSession, difference_id: uuid.UUID) -> str:
    """Where to go on once one is decided."""
    queue = [each for each in await repository.queue(tx) if each != difference_id]
    return f"{PATH}/{queue[0]}" if queue else PATH


@acts(f"{ONE}/theirs", DECIDE, purpose="differences.decide", back=difference)
async def use_theirs(tx: WriteSession, ask: Ask[Any], difference_id: uuid.UUID) -> Done:
    """Use what IntakeQ has, and go on to the next."""
    await service.decide(tx, difference_id, "theirs", records=records_of(ask), by=ask.by, at=ask.at)
    after = await _after(tx, difference_id)
    return Done(after, "difference.theirs", undo=f"{PATH}/{difference_id}/undo")


@acts(f"{ONE}/ours", DECIDE, purpose="differences.decide", back=difference)
async def keep_ours(tx: WriteSession, ask: Ask[Any], difference_id: uuid.UUID) -> Done:
    """Keep what the office has, and go on to the next."""
    await service.decide(tx, difference_id, "ours", records=records_of(ask), by=ask.by, at=ask.at)
    after = await _after(tx, difference_id)
    return Done(after, "difference.ours", undo=f"{PATH}/{difference_id}/undo")


@acts(f"{ONE}/undo", DECIDE, purpose="differences.undo", back=difference)
async def undo_one(tx: WriteSession, ask: Ask[Any], difference_id: uuid.UUID) -> Done:
    """Take a decision back."""
    await service.undo(tx, difference_id, records=records_of(ask))
    return Done(f"{PATH}/{difference_id}", "difference.undone")


@acts(f"{PATH}/all", DECIDE, purpose="differences.decide", form=AllAlike, back=differences)
async def decide_all(tx: WriteSession, ask: Ask[AllAlike], data: AllAlike) -> Done:
    """Do what the rule suggests for all that are alike."""
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
    if not count:
        return Done(PATH, "difference.none")
    return Done(PATH, "difference.all", undo=f"{PATH}/batches/{batch}/undo")


@acts(f"{PATH}/batches/{{batch:uuid}}/undo", DECIDE, purpose="differences.undo", back=differences)
async def undo_all(tx: WriteSession, ask: Ask[Any], batch: uuid.UUID) -> Done:
    """Take back what one press decided."""
    await service.undo_batch(tx, batch, records=records_of(ask))
    return Done(PATH, "difference.undone")
