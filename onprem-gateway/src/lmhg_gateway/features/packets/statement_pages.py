"""Pages of the monthly statement: shown as the offline command prints it, with all it is made from."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.response import Stream

from lmhg_contracts.ledger.statement_evidence import Month
from lmhg_gateway.features.packets import statement_service as service
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import needs
from lmhg_kit.http.feature import Feature
from lmhg_kit.http.forms import read_form
from lmhg_kit.http.page import page
from lmhg_kit.http.work import database_of, writing

AnyRequest = Request[Any, Any, Any]
OWN = "/compliance/statement"
MONTHS_SHOWN = 24
CHUNK = 256 * 1024


@get(OWN, opt=needs("compliance.read"), include_in_schema=False)
async def choose(request: AnyRequest) -> Response[str]:
    """Which month."""
    return await _show(request)


@post(OWN, opt=needs("compliance.export"), status_code=200, include_in_schema=False)
async def make(request: AnyRequest) -> Response[str]:
    """The statement of a month, or every reason why there is none."""
    month = await _month(request)
    async with writing(request, "statement.make") as tx:
        await tx.note("statement", kind="relay_ledger")
    bundle = await _gather(request, month)
    try:
        answer = await asyncio.to_thread(service.answer, bundle)
        command = service.command(bundle)
    finally:
        bundle.close()
    return await _show(request, month=month, answer=answer, command=command)


@post(
    f"{OWN}/bundle",
    opt=needs("compliance.export", fresh=True),
    status_code=200,
    include_in_schema=False,
)
async def bundle_file(request: AnyRequest) -> Stream:
    """Exports, keys and cosigned checkpoints in one file, for an auditor's own machine."""
    month = await _month(request)
    async with writing(request, "statement.bundle") as tx:
        await tx.note("export", kind="relay_ledger")
        await tx.note("export", kind="access_ledger")
    bundle = await _gather(request, month)
    try:
        packed = await asyncio.to_thread(service.pack, bundle)
    finally:
        bundle.close()
    headers = {"content-disposition": f"attachment; filename=evidence-{month.text}.zip"}
    return Stream(_chunks(packed), media_type="application/zip", headers=headers)


async def _gather(request: AnyRequest, month: Month) -> service.Bundle:
    settings = request.app.state["settings"]
    return await service.gather(database_of(request), month, keys=settings.peer_ledger_keys_file)


async def _month(request: AnyRequest) -> Month:
    said = next(iter((await read_form(request)).get("month", [])), "")
    return service.parse_month(said, request.app.state["settings"].timezone)


async def _show(
    request: AnyRequest,
    *,
    month: Month | None = None,
    answer: service.Answer | None = None,
    command: str = "",
) -> Response[str]:
    zone = request.app.state["settings"].timezone
    return await page(
        request,
        "packets/statement.html",
        months=_months(utc_now(), zone),
        month=month.text if month else "",
        answer=answer,
        command=command,
    )


def _months(at: datetime, zone: str) -> list[tuple[str, str]]:
    """The last whole months, newest first: as addresses and as people say them."""
    today = at.astimezone(ZoneInfo(zone)).date()
    months: list[tuple[str, str]] = []
    count = today.year * 12 + today.month - 1
    for number in range(count - 1, count - 1 - MONTHS_SHOWN, -1):
        first = today.replace(year=number // 12, month=number % 12 + 1, day=1)
        months.append((f"{first:%Y-%m}", f"{first:%B %Y}"))
    return months


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    """A file piece by piece; it is closed at its end."""
    with source:
        while piece := source.read(CHUNK):
            yield piece


STATEMENT = Feature(
    name="statement",
    handlers=(choose, make, bundle_file),
    messages={"month": "There is no such month. Choose one of the list."},
    templates=Path(__file__).parent / "templates",
)
