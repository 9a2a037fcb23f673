"""Pages of the monthly statement: asked for, watched, read, printed, and taken along with its evidence."""

import asyncio
import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from lmhg_contracts.ledger.statement_evidence import Month
from lmhg_gateway.features.ledger_review.public import Meter
from lmhg_gateway.features.packets.public import week_states
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.statements import evidence, repository, views
from lmhg_gateway.features.statements.models import MonthStatement
from lmhg_gateway.features.statements.rules import days_of, months_before, parse_month
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotFound
from lmhg_kit.http.access import needs
from lmhg_kit.http.downloads import attachment, chunks
from lmhg_kit.http.forms import read_form
from lmhg_kit.http.page import go, page, part
from lmhg_kit.http.work import actor_of, database_of, reading, writing
from lmhg_kit.persistence import ReadSession

AnyRequest = Request[Any, Any, Any]
OWN = "/compliance/statement"
ONE = f"{OWN}/{{statement_id:uuid}}"


@get(OWN, opt=needs("compliance.read"), include_in_schema=False)
async def choose(request: AnyRequest) -> Response[str]:
    """Which month; and the statements that were asked for."""
    now, zone = utc_now(), SETTINGS.of(request).timezone
    async with reading(request, "statement.view") as tx:
        rows = views.statement_rows(await repository.listed(tx), await staff_names(tx), at=now)
    return await page(request, "statements/choose.html", months=months_before(now, zone), rows=rows)


@post(OWN, opt=needs("statements.export"), include_in_schema=False)
async def make(request: AnyRequest) -> Response[Any]:
    """Have the worker make a month's statement; its page says how far it is."""
    zone = SETTINGS.of(request).timezone
    said = next(iter((await read_form(request)).get("month", [])), "")
    month = parse_month(said, zone, at=utc_now())
    async with writing(request, "statement.ask") as tx:
        made = await repository.ask(tx, month=month.text, zone=zone, by=actor_of(request).id)
    return go(request, f"{OWN}/{made}")


@get(ONE, opt=needs("compliance.read"), include_in_schema=False)
async def view(request: AnyRequest, statement_id: FromPath[uuid.UUID]) -> Response[str]:
    """One statement: its progress while it is made, then the statement, or every reason why not."""
    return await page(request, "statements/statement.html", **await _shown(request, statement_id))


@get(f"{ONE}/part", opt=needs("compliance.read", passive=True), include_in_schema=False)
async def view_part(request: AnyRequest, statement_id: FromPath[uuid.UUID]) -> Response[str]:
    """The part of that page that changes, which the page asks for by itself."""
    shown = await _shown(request, statement_id)
    return part(request, "statements/statement_part.html", **shown)


@get(f"{ONE}/text", opt=needs("statements.export"), include_in_schema=False)
async def text(request: AnyRequest, statement_id: FromPath[uuid.UUID]) -> Response[str]:
    """The statement as a file: the exact bytes that the offline command prints."""
    async with writing(request, "statement.text") as tx:
        found = await _found(tx, statement_id)
        if found.body is None:
            raise NotFound("statement")
        await tx.audit("export", kind="statement", ids=[found.id])
    name = f"statement-{found.month}.txt"
    return Response(found.body, media_type="text/plain", headers=attachment(name))


@post(
    f"{ONE}/bundle",
    opt=needs("statements.export", fresh=True),
    status_code=200,
    include_in_schema=False,
)
async def bundle_file(request: AnyRequest, statement_id: FromPath[uuid.UUID]) -> Stream:
    """Exports, keys and cosigned checkpoints in one file, for an auditor's own machine."""
    async with writing(request, "statement.bundle") as tx:
        found = await _found(tx, statement_id)
        await tx.audit("export", kind="relay_ledger")
        await tx.audit("export", kind="access_ledger")
    bundle = await evidence.gather(
        database_of(request),
        Month.parse(found.month, found.zone),
        seen=found.seen or {},
        keys=SETTINGS.of(request).peer_ledger_keys_file,
        meter=Meter(0),
    )
    try:
        packed = await asyncio.to_thread(evidence.pack, bundle, found.body or "")
    finally:
        bundle.close()
    headers = attachment(f"evidence-{found.month}.zip")
    return Stream(chunks(packed), media_type="application/zip", headers=headers)


async def _found(tx: ReadSession, statement_id: uuid.UUID) -> MonthStatement:
    found = await repository.by_id(tx, statement_id)
    if found is None:
        raise NotFound("statement")
    return found


async def _shown(request: AnyRequest, statement_id: uuid.UUID) -> dict[str, Any]:
    now = utc_now()
    async with reading(request, "statement.view") as tx:
        found = await _found(tx, statement_id)
        shown = views.statement_view(found, await staff_names(tx), at=now)
        first, last = days_of(found.month)
        weeks = await week_states(tx, first, last, zone=found.zone) if shown.is_done else []
    return {"made": shown, "weeks": weeks}
