"""Pages of exemptions: who asked, who approved, what leaves under them, and how they are taken back."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from lmhg_gateway.features.cloud_copies import public as cloud
from lmhg_gateway.features.exemptions import repository, views
from lmhg_gateway.features.exemptions.forms import RequestDecision, StandingRequest
from lmhg_gateway.features.exemptions.listed import SINGLE, filters
from lmhg_gateway.features.exemptions.records import records_about
from lmhg_gateway.features.exemptions.rules import SOON
from lmhg_gateway.features.exemptions.service import (
    ask_standing,
    decide_request,
    withdraw_with_reason,
)
from lmhg_gateway.features.holds.public import HeldRecord, held_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.kernel.released import RELEASED
from lmhg_gateway.web.reasons import WithReason
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, page, part
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.exemptions import Exemption

AnyRequest = Request[Any, Any, Any]
LIST = "/compliance/exemptions"


@get(LIST, opt=needs("compliance.read"), include_in_schema=False)
async def listed(request: AnyRequest) -> Response[Any]:
    """Open requests, exemptions of single records, and standing approvals."""
    now, asked_for = utc_now(), filters()
    wanted = SINGLE.wanted(request, filters=asked_for)
    chosen: dict[str, Any] = {"kind": wanted["kind"], "state": wanted["state"]}
    async with reading(request, "compliance.exemptions") as tx:
        names = await staff_names(tx)
        asked = await repository.open_requests(tx)
        requests = views.request_rows(asked, names, records=await records_about(tx, asked, names))
        unshared = sorted(RELEASED.keepable - await repository.standing_kinds(tx))
        ends_by = now + SOON
        standing, _ = await repository.listed(tx, standing=True, ends_by=ends_by, **chosen)
        single, total = await repository.listed(
            tx,
            standing=False,
            ends_by=ends_by,
            first=wanted.first,
            size=wanted.size,
            **chosen,
        )
        records = await records_about(tx, single, names)
        await SINGLE.audit(tx, wanted)
    rows = views.exemption_rows(single, names, at=now, records=records)
    if wanted.is_file:
        return SINGLE.file(request, rows, total=total)
    return await page(
        request,
        "exemptions/exemptions.html",
        requests=requests,
        standing=views.exemption_rows(standing, names, at=now, records={}),
        unshared=[(each, RELEASED[each].title) for each in unshared],
        list=SINGLE.made(wanted, rows, total=total, filters=asked_for),
    )


@post("/compliance/standing", opt=needs("exemptions.approve"), include_in_schema=False)
async def ask_again(request: AnyRequest) -> Response[Any]:
    """Ask that a kind is shared by itself again; a second person decides."""
    form = fill(StandingRequest, await read_form(request)).result()
    async with writing(request, "exemption.propose") as tx:
        await ask_standing(tx, kind=form.kind, reason=form.reason, by=actor_of(request).id)
    return go(request, LIST, notice="standing.asked")


@get(f"{LIST}/{{exemption_id:uuid}}", opt=needs("compliance.read"), include_in_schema=False)
async def view(request: AnyRequest, exemption_id: FromPath[uuid.UUID]) -> Response[str]:
    """One exemption: its people, its scope, what leaves, and how far its recall is."""
    return await _show(request, exemption_id, form=start(WithReason))


@get(
    f"{LIST}/{{exemption_id:uuid}}/recall",
    opt=needs("compliance.read", passive=True),
    include_in_schema=False,
)
async def recall(request: AnyRequest, exemption_id: FromPath[uuid.UUID]) -> Response[str]:
    """The recall's line alone, for the page to ask again."""
    async with reading(request, "compliance.recall") as tx:
        line = await _recall(request, tx, await _found(tx, exemption_id))
    own = f"{LIST}/{exemption_id}"
    return part(request, "cloud_copies/recall_part.html", line=line, own=own)


@post(
    f"{LIST}/{{exemption_id:uuid}}/withdraw",
    opt=needs("exemptions.withdraw"),
    include_in_schema=False,
)
async def withdraw(request: AnyRequest, exemption_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Take an exemption back, with a reason."""
    form = fill(WithReason, await read_form(request))
    if form.data is None:
        return await _show(request, exemption_id, form=form, status=422)
    async with writing(request, "exemption.withdraw") as tx:
        await withdraw_with_reason(
            tx, exemption_id, reason=form.data.reason, by=actor_of(request).id, at=utc_now()
        )
    return go(request, f"{LIST}/{exemption_id}", notice="exemption.withdrawn")


@get(
    "/compliance/requests/{request_id:uuid}", opt=needs("compliance.read"), include_in_schema=False
)
async def view_request(request: AnyRequest, request_id: FromPath[uuid.UUID]) -> Response[str]:
    """One request with the exact text that would leave."""
    return await _show_request(request, request_id, form=start(RequestDecision))


@post(
    "/compliance/requests/{request_id:uuid}",
    opt=needs("exemptions.approve", fresh=True),
    include_in_schema=False,
)
async def decide(request: AnyRequest, request_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Approve or decline, as a second person, with a reason."""
    form = fill(RequestDecision, await read_form(request))
    if form.data is None:
        return await _show_request(request, request_id, form=form, status=422)
    async with writing(request, "exemption.decide") as tx:
        await decide_request(
            tx,
            request_id,
            outcome=form.data.outcome,
            reason=form.data.reason,
            seen=form.data.version,
            by=actor_of(request).id,
            at=utc_now(),
        )
    return go(request, LIST, notice=f"request.{form.data.outcome}")


def _can_share(kind: str, *, is_single: bool) -> bool:
    """Whether two people can share this again on the page: one record, or a kind by itself."""
    if not is_single:
        return kind in RELEASED.keepable
    found = RELEASED.get(kind)
    return found is not None and found.release is not None


async def _found(tx: ReadSession, exemption_id: uuid.UUID) -> Exemption:
    found = await repository.by_id(tx, exemption_id)
    if found is None:
        raise NotFound("exemption")
    return found


async def _recall(
    request: AnyRequest, tx: ReadSession, exemption: Exemption
) -> cloud.RecallLine | None:
    withdrawal = await repository.withdrawal_of(tx, exemption.id)
    if withdrawal is None:
        return None
    found = await cloud.recalls(tx, kind=exemption.kind, at=withdrawal.at)
    days = SETTINGS.of(request).portal_backup_days
    return cloud.recall_line(
        found,
        at=withdrawal.at,
        records=withdrawal.records,
        now=utc_now(),
        backup_days=days,
    )


async def _show(
    request: AnyRequest, exemption_id: uuid.UUID, *, form: Form[WithReason], status: int = 200
) -> Response[str]:
    async with reading(request, "compliance.exemption") as tx:
        names = await staff_names(tx)
        found = await _found(tx, exemption_id)
        asked = await repository.request_of(tx, found.id)
        withdrawal = await repository.withdrawal_of(tx, found.id)
        sample = await _sample(tx, found)
        about = next(iter(cloud.cloud_rows(found.kind, [sample], names)), None) if sample else None
        row = views.exemption_row(
            found, names, at=utc_now(), about=about if found.record_id else None
        )
        context: dict[str, Any] = {
            "row": row,
            "held": await _hold(tx, found) if row.is_held else None,
            "asked": views.request_row(asked, names) if asked else None,
            "can_ask_again": _can_share(found.kind, is_single=bool(found.record_id)),
            "why_withdrawn": (withdrawal.reason or "") if withdrawal else "",
            "line": await _recall(request, tx, found),
            "count": await repository.count_under(tx, kind=found.kind, exemption_id=found.id),
            "sample": cloud.shipped(found.kind, sample, names) if sample else None,
            "scope": RELEASED.get(found.kind),
            "never": cloud.local_fields(found.kind) if found.kind in RELEASED else [],
        }
    return await page(
        request,
        "exemptions/exemption.html",
        status=status,
        form=form,
        own=f"{LIST}/{exemption_id}",
        **context,
    )


async def _hold(tx: ReadSession, exemption: Exemption) -> HeldRecord | None:
    """The hold that keeps an approved record here, and where an officer decides about it."""
    if exemption.record_id is None:
        return None
    return await held_of(tx, kind=exemption.kind, record_id=exemption.record_id)


async def _sample(tx: ReadSession, exemption: Exemption) -> Any:  # noqa: ANN401 - a row of the kind
    """The record of an exemption, or a recent one of a standing approval; seeing it is audited."""
    if exemption.record_id is not None:
        row = await cloud.record_of(tx, kind=exemption.kind, record_id=exemption.record_id)
    else:
        row = await cloud.sample_of(tx, kind=exemption.kind, exemption_id=exemption.id)
    if row is not None:
        await tx.audit("read", kind=exemption.kind, ids=[row.id])
    return row


async def _show_request(
    request: AnyRequest, request_id: uuid.UUID, *, form: Form[RequestDecision], status: int = 200
) -> Response[str]:
    async with reading(request, "compliance.request") as tx:
        names = await staff_names(tx)
        found = await repository.request_by_id(tx, request_id)
        if found is None:
            raise NotFound("request")
        record = None
        if found.record_id is not None:
            record = await cloud.record_of(tx, kind=found.kind, record_id=found.record_id)
            await tx.audit("read", kind=found.kind, ids=[found.record_id])
        about = cloud.cloud_rows(found.kind, [record], names)[0] if record else None
        row = views.request_row(found, names, about=about)
        body = cloud.shipped(found.kind, record, names) if record else None
        never = cloud.local_fields(found.kind) if found.kind in RELEASED else []
    return await page(
        request,
        "exemptions/request.html",
        status=status,
        form=form,
        row=row,
        body=body,
        never=never,
        can_release=_can_share(found.kind, is_single=bool(found.record_id))
        and (found.record_id is None or record is not None),
        scope=RELEASED.get(found.kind) if found.record_id is None else None,
    )


HANDLERS = (listed, ask_again, view, recall, withdraw, view_request, decide)
NOTICES = {
    "standing.asked": "Request sent. Another person must approve it. Until then nothing is shared.",
    "exemption.withdrawn": "Taken back. This page shows when each copy is gone.",
    "request.approved": "Approved. After a check for client names, it goes to the portal.",
    "request.declined": "Declined. It stays in the office.",
}
MESSAGES = {
    "standing_in_force": "This is shared already.",
    "exemption_withdrawn": "This approval was already taken back.",
    "exemption": "There is no such approval.",
    "request": "There is no such request, or someone already decided it.",
    "request_decided": "Someone already decided this request. Nothing was changed.",
    "kind_without_release": "Approve this request on the record's own page.",
    "same_person": "You cannot approve your own request. A second person must decide.",
}
