"""A whole ledger as a file for lmhg-verify; each page that offers it asks for its own permission."""

from typing import Any, Literal

from litestar import Request
from litestar.response import Stream

from lmhg_kit.clock import utc_now
from lmhg_kit.http.downloads import attachment, chunks
from lmhg_kit.http.work import database_of, writing
from lmhg_kit.persistence.ledgers import export_spooled

EXPORT_TYPE = "application/octet-stream"


async def export_ledger(
    request: Request[Any, Any, Any], ledger: Literal["relay", "access"]
) -> Stream:
    """The ledger with its signatures; that it was taken is an entry of the access ledger."""
    async with writing(request, "ledger.export") as tx:
        await tx.audit("export", kind=f"{ledger}_ledger")
    source = await export_spooled(database_of(request), ledger)
    return Stream(
        chunks(source),
        media_type=EXPORT_TYPE,
        headers=attachment(f"{ledger}-{utc_now():%Y%m%d-%H%M%S}.lmhg-ledger"),
    )
