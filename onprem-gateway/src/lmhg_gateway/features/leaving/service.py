"""Use cases of exports of everything: asked for, decided, and on record once written."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from lmhg_gateway.features.leaving import repository
from lmhg_gateway.features.leaving.forms import AskForm
from lmhg_gateway.features.leaving.models import LeavingExport
from lmhg_gateway.features.leaving.rules import State, is_valid
from lmhg_kit.errors import Conflict, Forbidden, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "leaving_export"


async def ask(tx: WriteSession, form: AskForm, *, by: str) -> LeavingExport:
    """Ask for everything. Raises: Conflict where that was asked for already."""
    asked = LeavingExport(id=uuid.uuid4(), asked_by=uuid.UUID(by))
    asked.why, asked.recipient = form.why, form.recipient
    try:
        await repository.add(tx, asked)
    except IntegrityError:
        raise Conflict("leaving_asked") from None
    return asked


async def decide(
    tx: WriteSession, export_id: uuid.UUID, verdict: str, *, by: str, at: datetime
) -> LeavingExport:
    """Approve or decline as a second person, or cancel. Raises: NotFound, Conflict, Forbidden."""
    held = await repository.locked(tx, export_id)
    if held is None:
        raise NotFound(KIND)
    is_drop = verdict == State.DROPPED.value
    if held.state not in ((State.ASKED, State.APPROVED) if is_drop else (State.ASKED,)):
        raise Conflict("leaving_decided")
    if not is_drop and str(held.asked_by) == by:
        raise Forbidden("leaving_own")
    held.state, held.decided_by, held.decided_at = verdict, uuid.UUID(by), at
    await tx.flush()
    await tx.audit(f"leaving.{verdict}", kind=KIND, ids=[export_id])
    return held


async def approval(tx: ReadSession, *, at: datetime) -> LeavingExport:
    """The approval by which everything may be written now. Raises: Conflict."""
    found = await repository.approved(tx)
    if found is None or not is_valid(found.decided_at, at=at):
        raise Conflict("leaving_not_approved")
    return found


async def audit_clients(tx: ReadSession, ids: Sequence[uuid.UUID], *, export_id: uuid.UUID) -> None:
    """Put on record whose records are taken along."""
    await tx.audit("export", kind="everything", ids=ids, columns=[str(export_id)])


async def finish(
    tx: WriteSession, export_id: uuid.UUID, *, manifest: str, rows: int, files: int, at: datetime
) -> None:
    """Say that everything was written, and the hash of its list of files. Raises: NotFound, Conflict."""
    held = await repository.locked(tx, export_id)
    if held is None:
        raise NotFound(KIND)
    if held.state != State.APPROVED or not is_valid(held.decided_at, at=at):
        raise Conflict("leaving_not_approved")
    held.state, held.written_at, held.manifest = State.DONE.value, at, manifest
    held.row_count, held.file_count = rows, files
    await tx.flush()
