"""Use cases of exemptions: decide, withdraw with a reason, keep one record back, lift it again."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime

from lmhg_gateway.features.compliance import exemption_repository as repository
from lmhg_gateway.features.compliance.models import KeptBack
from lmhg_gateway.features.compliance.public import approve, decline, propose, withdraw
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.errors import Conflict, Forbidden, NotFound
from lmhg_kit.persistence import WriteSession

Release = Callable[..., Awaitable[None]]
"""Of a feature: approve one of its records, `release(tx, record_id, seen=, by=, at=, reason=)`."""


async def decide_request(
    tx: WriteSession,
    request_id: uuid.UUID,
    *,
    outcome: str,
    reason: str,
    seen: int,
    by: str,
    at: datetime,
) -> None:
    """Approve or decline, with a reason. Raises: NotFound, Forbidden, Conflict.

    The record's own feature releases it, because it knows what else an approval means for it.
    """
    request = await repository.request_by_id(tx, request_id)
    if request is None:
        raise NotFound("request")
    if request.outcome != "open":
        raise Conflict("request_decided")
    release = RELEASED[request.kind].release if request.kind in RELEASED else None
    kind, record_id = request.kind, request.record_id
    if outcome == "declined":
        await decline(tx, kind=kind, record_id=record_id, by=by, at=at, reason=reason)
    elif record_id is None:
        await grant_standing(tx, kind=kind, by=by, at=at, reason=reason)
    elif release is None:
        raise Conflict("kind_without_release")
    else:
        await release(tx, record_id, seen=seen, by=by, at=at, reason=reason)


async def ask_standing(tx: WriteSession, *, kind: str, reason: str, by: str) -> None:
    """Ask that a kind is shared by itself again. Raises: NotFound, Conflict."""
    if kind not in RELEASED.keepable:
        raise NotFound("request")
    if kind in await repository.standing_kinds(tx):
        raise Conflict("standing_in_force")
    await propose(tx, kind=kind, record_id=None, by=by, reason=reason, expires_at=None)


async def grant_standing(
    tx: WriteSession, *, kind: str, by: str, at: datetime, reason: str
) -> None:
    """A second person allows it; every record that may leave does so now. Raises: NotFound, Forbidden."""
    if kind not in RELEASED.keepable:
        raise NotFound("request")
    exemption = await approve(tx, kind=kind, record_id=None, by=by, at=at, reason=reason)
    await repository.share_again(tx, kind=kind, exemption_id=exemption.id)


async def withdraw_with_reason(
    tx: WriteSession, exemption_id: uuid.UUID, *, reason: str, by: str, at: datetime
) -> None:
    """Take an exemption back and say why. Raises: NotFound, Conflict."""
    await withdraw(tx, exemption_id, by=by, at=at)
    noted = await repository.withdrawal_of(tx, exemption_id)
    if noted is not None:
        noted.reason = reason


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
    row = KeptBack(
        id=uuid.uuid4(), kind=kind, record_id=record_id, subject_id=subject_id, kept_by=by
    )
    row.reason = reason
    tx.add(row)
    await tx.flush()
    await tx.note("keep_back", kind=kind, ids=[record_id])


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
    await tx.note("lift_kept_back", kind=kind, ids=[record_id])
