"""Pages of ledger review: what left, what was refused and why, and whether it can be proven."""

import uuid
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from lmhg_contracts.registry import KINDS
from lmhg_gateway.features.ledger_review import repository, service, views
from lmhg_gateway.features.ledger_review.export import export_ledger
from lmhg_gateway.features.ledger_review.forms import AskCheck, KeepView
from lmhg_gateway.features.ledger_review.rules import (
    DECISIONS,
    GATES,
    LedgerFilter,
    chart_range,
    entry_number,
)
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.downloads import attachment
from lmhg_kit.http.forms import Form, fill, parse_fields, query_of, read_form
from lmhg_kit.http.page import go, page, part
from lmhg_kit.http.paging import PAGE_SIZE, address, slice_before
from lmhg_kit.http.work import actor_of, database_of, reading, writing
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.ledgers import proof_of
from lmhg_kit.practice import PRACTICE

AnyRequest = Request[Any, Any, Any]
INDEX_MOST = 5_000
"""Entries that one page makes rows of, should the worker be behind."""


def today_here(request: AnyRequest) -> date:
    """Today at the practice."""
    return PRACTICE.of(request).today()


@get(views.PATH, opt=needs("compliance.read"), include_in_schema=False)
async def ledger(request: AnyRequest) -> Response[str]:
    """The relay ledger, newest first, with its filters in the address."""
    query = query_of(request)
    wanted = LedgerFilter.of(query)
    errors, today = wanted.errors(), today_here(request)
    first, last = chart_range(wanted if not errors else LedgerFilter(), today=today)
    start = entry_number(query.get("before", ""))
    async with reading(request, "compliance.ledger") as tx:
        zone = SETTINGS.of(request).timezone
        size, checkpoint = await repository.indexed_head(tx, zone=zone, most=INDEX_MOST)
        asked = None if errors else wanted
        (found, total), counts, saved, names, reasons, check = await tx.together(
            _entries(tx, asked, size=size, start=start),
            _counts(tx, asked, first=first, last=last),
            repository.saved_views(tx, owner=actor_of(request).id, page="ledger"),
            staff_names(tx),
            repository.reasons(tx),
            repository.newest_check(tx, "relay"),
        )
        await tx.audit("read", kind="relay_ledger")
    rows = views.entry_rows(found[:PAGE_SIZE])
    return await page(
        request,
        "ledger_review/ledger.html",
        form=Form(values=wanted.query(), errors=errors),
        wanted=wanted,
        query=address("", wanted.query()).removeprefix("?"),
        rows=rows,
        size=size,
        checkpoint=checkpoint,
        slice=slice_before(
            views.PATH,
            wanted.query(),
            is_newest=start is None,
            before=rows[-1].n if len(found) > PAGE_SIZE else None,
            total=total,
        ),
        chart=views.chart_of(counts, wanted, first=first, last=last),
        built_in=views.built_in_links(wanted, today=today),
        own=views.own_links(saved, path=views.PATH, query=wanted.query()),
        check=views.check_view(check, names) if check else None,
        names=names,
        decisions=sorted(DECISIONS),
        gates=list(GATES),
        reasons=reasons,
        kinds=sorted(KINDS),
    )


async def _entries(
    tx: ReadSession, wanted: LedgerFilter | None, *, size: int, start: int | None
) -> tuple[list[bytes], int | None]:
    """The entries of one page, and one more if there is one; how many fit. None for no filter that can be read."""
    if wanted is None:
        return [], 0
    span = repository.Span(0, size)
    if wanted.since or wanted.until:
        span = await repository.span_of(tx, wanted) or repository.Span(0, 0)
    stop = size if start is None else start
    found = await repository.ledger_page(tx, wanted, span=span, before=stop)
    return found, size if wanted.is_empty else await repository.count(tx, wanted)


async def _counts(
    tx: ReadSession, wanted: LedgerFilter | None, *, first: date, last: date
) -> list[repository.DayCount]:
    """Counts by day for the chart; none for a filter that cannot be read."""
    return await repository.days(tx, wanted, first=first, last=last) if wanted else []


@get(views.PATH + "/{n:int}", opt=needs("compliance.read"), include_in_schema=False)
async def entry(request: AnyRequest, n: FromPath[int]) -> Response[str]:
    """One entry: what it says, what it means, and everything else about the same record."""
    zone = SETTINGS.of(request).timezone
    async with reading(request, "compliance.ledger") as tx:
        raw = await repository.entry_at(tx, n)
        if raw is None:
            raise NotFound("entry_unknown")
        detail = views.entry_detail(raw)
        await repository.index(tx, "relay", zone=zone, most=INDEX_MOST)
        context = await _around(tx, detail)
        await tx.audit("read", kind="relay_ledger")
    return await page(request, "ledger_review/entry.html", entry=detail, **context)


async def _around(tx: ReadSession, detail: views.EntryDetail) -> dict[str, Any]:
    """What else is known about an entry: its approval, its batch, its record's other entries."""
    row = detail.row
    names = await staff_names(tx)
    found: dict[str, Any] = {"approval": [], "batch": None, "related": []}
    if detail.exemption_id:
        exemption = await repository.exemption_at(tx, uuid.UUID(detail.exemption_id))
        found["approval"] = views.approval_facts(exemption, names)
    if row.decision == "ship" and row.batch is not None:
        found["batch"] = await repository.batch_at(tx, direction="down", number=row.batch)
    if row.record_id:
        related = await repository.related(tx, record_id=uuid.UUID(row.record_id))
        found["related"] = views.entry_rows(related)
    return found


@post(views.PATH + "/verify", opt=needs("compliance.read"), include_in_schema=False)
async def verify(request: AnyRequest) -> Response[Any]:
    """Have a whole ledger judged as an outsider would; the page of the check says how far it is."""
    asked = fill(AskCheck, await read_form(request)).result()
    async with writing(request, "ledger.verify") as tx:
        check = await service.ask_check(tx, asked.ledger, by=actor_of(request).id)
    return go(request, f"{views.PATH}/checks/{check.id}")


@get(views.PATH + "/checks/{check_id:uuid}", opt=needs("compliance.read"), include_in_schema=False)
async def check(request: AnyRequest, check_id: FromPath[uuid.UUID]) -> Response[str]:
    """One verification: its progress while it runs, then its verdict in plain words."""
    return await page(request, "ledger_review/check.html", check=await _shown(request, check_id))


@get(
    views.PATH + "/checks/{check_id:uuid}/part",
    opt=needs("compliance.read", passive=True),
    include_in_schema=False,
)
async def check_part(request: AnyRequest, check_id: FromPath[uuid.UUID]) -> Response[str]:
    """The part of that page that changes, which the page asks for by itself."""
    return part(request, "ledger_review/check_part.html", check=await _shown(request, check_id))


async def _shown(request: AnyRequest, check_id: uuid.UUID) -> views.CheckView:
    async with reading(request, "ledger.verify") as tx:
        found = await repository.check_by_id(tx, check_id)
        if found is None:
            raise NotFound("ledger_check")
        return views.check_view(found, await staff_names(tx))


@get(views.PATH + "/export", opt=needs("ledger.export", fresh=True), include_in_schema=False)
async def export(request: AnyRequest) -> Stream:
    """The relay ledger as a file for lmhg-verify."""
    return await export_ledger(request, "relay")


@get(views.PATH + "/{n:int}/proof", opt=needs("ledger.export"), include_in_schema=False)
async def proof(request: AnyRequest, n: FromPath[int]) -> Response[str]:
    """One entry with its proof, for lmhg-verify."""
    async with writing(request, "ledger.proof") as tx:
        await tx.audit("export", kind="relay_ledger")
    found = await proof_of(database_of(request), "relay", n)
    return Response(
        found.to_text(), media_type="text/plain", headers=attachment(f"relay-{n}.tlog-proof")
    )


@post("/compliance/views", opt=needs("compliance.read"), include_in_schema=False)
async def keep_view(request: AnyRequest) -> Response[Any]:
    """Keep the filter of a page under a name."""
    asked = fill(KeepView, await read_form(request)).result()
    fields = {name: values[0] for name, values in parse_fields(asked.query.encode()).items()}
    path = address(f"/compliance/{asked.page}", fields)
    query = path.partition("?")[2]
    async with writing(request, "view.keep") as tx:
        view = await service.keep_view(
            tx, owner=actor_of(request).id, page=asked.page, name=asked.name, query=query
        )
    return go(request, path, notice="view.kept", undo=f"/compliance/views/{view.id}/forget")


@post("/compliance/views/{view_id:uuid}/forget", opt=needs("compliance.read"), include_in_schema=False)  # fmt: skip
async def forget_view(request: AnyRequest, view_id: FromPath[uuid.UUID]) -> Response[Any]:
    """Remove one's own view."""
    async with writing(request, "view.forget") as tx:
        of = await service.forget_view(tx, view_id, owner=actor_of(request).id)
    return go(request, f"/compliance/{of}", notice="view.forgotten")
