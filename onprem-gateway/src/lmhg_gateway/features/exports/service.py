"""Use cases of exports: records as rows, put on record as taken along and, where they leave, as disclosed."""

from datetime import date

from lmhg_gateway.features.access_log.public import NewDisclosure, record_disclosure
from lmhg_gateway.features.exports.forms import LEAVES, ExportForm
from lmhg_gateway.web.points import Exportable, ExportRow
from lmhg_kit.errors import Invalid
from lmhg_kit.persistence import ReadSession, WriteSession

PART = 500
ROWS_MAX = 50_000
"""Rows of one file: all of them or none, because a file that stops in the middle looks whole."""
DISCLOSED_MAX = 5_000
"""Clients whose disclosure one export puts on record."""


async def rows_of(tx: ReadSession, what: Exportable) -> list[ExportRow]:
    """Every record, in parts. Raises: Invalid."""
    found: list[ExportRow] = []
    while part := await what.load(tx, found[-1].id if found else None, PART):
        found.extend(part)
        if len(found) > ROWS_MAX:
            raise Invalid("export_large")
    return found


async def export(
    tx: WriteSession, what: Exportable, form: ExportForm, *, by: str, today: date
) -> list[ExportRow]:
    """The rows of a file, on record as an export, and as a disclosure of each client where it leaves.

    Raises: Invalid.
    """
    rows = await rows_of(tx, what)
    clients = sorted({each.client_id for each in rows})
    await tx.audit("export", kind=f"{what.kind}_file", ids=clients)
    if form.stays == LEAVES:
        if len(clients) > DISCLOSED_MAX:
            raise Invalid("export_disclosed")
        told = NewDisclosure(
            disclosed_on=today,
            recipient=form.recipient,
            what=f"A file of {what.title.lower()}",
            why=form.why,
            basis="other",
        )
        for client_id in clients:
            await record_disclosure(tx, client_id, told, by=by, today=today)
    return rows
