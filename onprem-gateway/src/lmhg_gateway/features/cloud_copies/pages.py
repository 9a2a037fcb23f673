"""What of one record is in the cloud: the bytes that were shipped, who signed for them, and the way back."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.cloud_copies import repository, views
from lmhg_gateway.features.cloud_copies.service import keep_back, lift
from lmhg_gateway.features.staff.public import staff_names, who_words
from lmhg_gateway.kernel.released import RELEASED
from lmhg_gateway.web.reasons import WithReason
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.door import day_in
from lmhg_kit.http.forms import Form, fill, query_of, read_form, start
from lmhg_kit.http.page import go, page, part
from lmhg_kit.http.paging import PAGE_SIZE, page_number, slice_of
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
LIST = "/compliance/cloud"
RECORD = f"{LIST}/{{kind:str}}/{{record_id:uuid}}"


@get(LIST, opt=needs("compliance.read"), include_in_schema=False)
async def listed(request: AnyRequest) -> Response[str]:
    """Records that are in the cloud, by kind, and appointments' blocks by their day."""
    query = query_of(request)
    kind = query.get("kind", "") if query.get("kind", "") in RELEASED else "calendar_block"
    number = page_number(query.get("page", ""))
    day = day_in(query.get("day", "")) if kind == "calendar_block" else None
    zone = PRACTICE.of(request).zone
    async with reading(request, "compliance.cloud") as tx:
        found = await repository.records_in_cloud(
            tx, kind=kind, page=number, day=_span(day, zone) if day else None
        )
        shown = found[:PAGE_SIZE]
        await tx.audit("read", kind=kind, ids=[row.id for row in shown])
        rows = views.cloud_rows(kind, shown, await staff_names(tx))
    filters = {"kind": kind, "day": day.isoformat() if day else ""}
    more = len(found) > PAGE_SIZE
    return await page(
        request,
        "cloud_copies/cloud_list.html",
        rows=rows,
        kind=kind,
        kinds=sorted(RELEASED),
        day=day,
        slice=slice_of(LIST, filters, page=number, shown=len(rows), total=None, more=more),
    )


@get(RECORD, opt=needs("cloud_copy.read"), include_in_schema=False)
async def view(
    request: AnyRequest, kind: FromPath[str], record_id: FromPath[uuid.UUID]
) -> Response[str]:
    """One record's body as shipped, its ledger entries, its receipt, and how to take it back."""
    return await _show(request, kind, record_id, form=start(WithReason))


@get(f"{RECORD}/recall", opt=needs("cloud_copy.read", passive=True), include_in_schema=False)
async def recall(
    request: AnyRequest, kind: FromPath[str], record_id: FromPath[uuid.UUID]
) -> Response[str]:
    """The recall's line alone, for the page to ask again."""
    _check_kind(kind)
    async with reading(request, "compliance.recall") as tx:
        line = await _recall(request, tx, kind=kind, record_id=record_id)
    own = f"{LIST}/{kind}/{record_id}"
    return part(request, "cloud_copies/recall_part.html", line=line, own=own)


@post(f"{RECORD}/keep-back", opt=needs("exemptions.withdraw"), include_in_schema=False)
async def take_back(
    request: AnyRequest, kind: FromPath[str], record_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Withdraw this one record, although its kind may cross."""
    form = fill(WithReason, await read_form(request))
    if form.data is None:
        return await _show(request, kind, record_id, form=form, status=422)
    async with writing(request, "record.keep_back") as tx:
        await keep_back(
            tx, kind=kind, record_id=record_id, reason=form.data.reason, by=actor_of(request).id
        )
    return go(request, f"{LIST}/{kind}/{record_id}", notice="record.kept_back")


@post(f"{RECORD}/lift", opt=needs("exemptions.approve", fresh=True), include_in_schema=False)
async def put_back(
    request: AnyRequest, kind: FromPath[str], record_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Let it cross again, as a second person."""
    form = fill(WithReason, await read_form(request))
    if form.data is None:
        return await _show(request, kind, record_id, form=form, status=422)
    async with writing(request, "record.lift") as tx:
        await lift(
            tx,
            kind=kind,
            record_id=record_id,
            reason=form.data.reason,
            by=actor_of(request).id,
            at=utc_now(),
        )
    return go(request, f"{LIST}/{kind}/{record_id}", notice="record.lifted")


async def _show(
    request: AnyRequest,
    kind: str,
    record_id: uuid.UUID,
    *,
    form: Form[WithReason],
    status: int = 200,
) -> Response[str]:
    _check_kind(kind)
    async with reading(request, "compliance.cloud_copy") as tx:
        names = await staff_names(tx)
        record = await repository.record_of(tx, kind=kind, record_id=record_id)
        entries = await repository.entries_of(tx, kind=kind, record_id=record_id)
        if record is None and not entries:
            raise NotFound("record")
        await tx.audit("read", kind=kind, ids=[record_id])
        kept = await repository.kept_back(tx, kind=kind, record_id=record_id)
        line = await _recall(request, tx, kind=kind, record_id=record_id)
    what = views.shipped(kind, record, names) if record else None
    is_kept = kept is not None and kept.lifted_at is None
    signed = views.signed_for(entries, what) if what and what.is_exempt else None
    return await page(
        request,
        "cloud_copies/cloud_copy.html",
        status=status,
        form=form,
        kind=kind,
        record_id=record_id,
        what=what,
        place=views.place_of(
            entries, what, is_kept=is_kept, is_readable=line is not None and line.is_readable
        ),
        signed_n=signed.n if signed else None,
        receipted_at=signed.closed_at if signed else None,
        entries=views.entry_rows(entries),
        never=repository.local_fields(kind),
        scope=RELEASED[kind],
        kept=kept,
        kept_by=who_words(kept.kept_by, names) if kept else "",
        lifted_by=who_words(kept.lifted_by or "", names) if kept else "",
        keepable=kind in RELEASED.keepable,
        line=line,
        own=f"{LIST}/{kind}/{record_id}",
    )


async def _recall(
    request: AnyRequest, tx: ReadSession, *, kind: str, record_id: uuid.UUID
) -> views.RecallLine | None:
    kept = await repository.kept_back(tx, kind=kind, record_id=record_id)
    if kept is None or kept.lifted_at is not None:
        return None
    found = await repository.recalls(tx, kind=kind, at=kept.kept_at)
    days = SETTINGS.of(request).portal_backup_days
    return views.recall_line(found, at=kept.kept_at, records=1, now=utc_now(), backup_days=days)


def _check_kind(kind: str) -> None:
    if kind not in RELEASED:
        raise NotFound("record")


def _span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), tzinfo=zone)
    return start, datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


HANDLERS = (listed, view, recall, take_back, put_back)
NOTICES = {
    "record.kept_back": "Taken back. This page shows when each copy is gone.",
    "record.lifted": "Sharing is allowed again. It is on its way.",
}
MESSAGES = {
    "record": "This record is not on the portal and never was.",
    "kept_back_already": "This record was already taken back.",
    "kept_back_nothing": "This record is not on the portal, so there was nothing to take back.",
    "kept_back_stands": "Another person must allow sharing again.",
}
