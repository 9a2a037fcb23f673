"""Pages of portal texts that had to stay here."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from sqlalchemy import func, select

from lmhg_gateway.features.holds.public import held_rule
from lmhg_gateway.features.kept_texts.models import KeptText
from lmhg_gateway.web.state import SETTINGS
from lmhg_kit.http.access import needs
from lmhg_kit.http.forms import query_of
from lmhg_kit.http.page import page
from lmhg_kit.http.paging import PAGE_SIZE, page_number, slice_of
from lmhg_kit.http.work import reading
from lmhg_kit.persistence import ReadSession

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True)
class KeptRow:
    """One kept text."""

    id: uuid.UUID
    source_kind: str
    rule: str
    arrived_at: datetime
    subject: str
    body: str


@get("/kept-texts", opt=needs("kept_texts.read"), include_in_schema=False)
async def kept_texts(request: AnyRequest) -> Response[str]:
    """Originals of portal texts that named a client; the portal's copies are redacted."""
    number = page_number(query_of(request).get("page", ""))
    async with reading(request, "kept_texts.list") as tx:
        rows = await _rows(tx, page_no=number)
        total = int(await tx.scalar(select(func.count()).select_from(KeptText)) or 0)
    more = (number - 1) * PAGE_SIZE + len(rows) < total
    return await page(
        request,
        "kept_texts/list.html",
        rows=rows,
        backup_days=SETTINGS.of(request).portal_backup_days,
        slice=slice_of("/kept-texts", {}, page=number, shown=len(rows), total=total, more=more),
    )


async def _rows(tx: ReadSession, *, page_no: int) -> list[KeptRow]:
    query = select(KeptText).order_by(KeptText.arrived_at.desc())
    found = await tx.scalars(query.offset((page_no - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    return [
        KeptRow(
            id=each.id,
            source_kind=each.source_kind,
            rule=held_rule(each.rule).name,
            arrived_at=each.arrived_at,
            subject=each.subject or "",
            body=each.body or "",
        )
        for each in found
    ]
