"""Use cases of one record in the cloud: keep it back, and lift that again."""

import uuid
from datetime import datetime

from lmhg_gateway.features.cloud_copies import repository
from lmhg_gateway.features.cloud_copies.models import KeptBack
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.errors import Conflict, Forbidden, NotFound
from lmhg_kit.persistence import WriteSession


async def keep_back(
    tx: WriteSession, *, kind: str, record_id: uuid.UUID, reason: str, by: str
) -> None:
    """Take one record out of a standing approval; the wall recalls it. Raises: NotFound, Conflict."""
    if kind not in RELEASED.keepable:
        raise NotFound("record")
    record = await repository.record_of(tx, kind=kind, record_id=record_id)
    if record is None:
        raise NotFound("record")
    if await repository.locked_kept_back(tx, kind=kind, record_id=record_id):
        raise Conflict("kept_back_already")
    if not record.hipaa_exempt:
        raise Conflict("kept_back_nothing")
    subject_id = await repository.subject_of(tx, kind=kind, record_id=record_id)
    await keep_here(tx, kind=kind, record_id=record_id, subject_id=subject_id, reason=reason, by=by)
    await tx.audit("keep_back", kind=kind, ids=[record_id])


async def lift(
    tx: WriteSession, *, kind: str, record_id: uuid.UUID, reason: str, by: str, at: datetime
) -> None:
    """Put one record back under its standing approval, by another person. Raises: NotFound, Forbidden."""
    row = await repository.locked_kept_back(tx, kind=kind, record_id=record_id)
    if row is None:
        raise NotFound("record")
    if row.kept_by == by:
        raise Forbidden("same_person")
    row.lifted_by, row.lifted_at, row.lifted_reason = by, at, reason
    await tx.flush()
    await tx.audit("lift_kept_back", kind=kind, ids=[record_id])


async def keep_here(
    tx: WriteSession,
    *,
    kind: str,
    record_id: uuid.UUID,
    reason: str,
    by: str,
    subject_id: uuid.UUID | None = None,
) -> None:
    """Keep one record back, and what is made again about its subject; the wall recalls it."""
    row = KeptBack(
        id=uuid.uuid4(), kind=kind, record_id=record_id, subject_id=subject_id, kept_by=by
    )
    row.reason = reason
    tx.add(row)
    await tx.flush()
