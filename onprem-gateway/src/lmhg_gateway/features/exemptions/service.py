"""Use cases of exemptions: ask, decide, withdraw, each with a reason."""

import uuid
from datetime import datetime

from lmhg_gateway.features.cloud_copies.public import keep_here
from lmhg_gateway.features.exemptions import repository
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.exemptions.rules import check_second_person
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import WriteSession
from lmhg_kit.persistence.exemptions import Exemption


async def propose(
    tx: WriteSession,
    *,
    kind: str,
    record_id: uuid.UUID | None,
    by: str,
    reason: str,
    expires_at: datetime | None,
) -> ExemptionRequest:
    """Ask that one record may leave. Raises: Conflict while another request is open."""
    open_one = await repository.latest_request(tx, kind=kind, record_id=record_id)
    if open_one is not None and open_one.outcome == "open":
        raise Conflict("request_open")
    request = ExemptionRequest(
        id=uuid.uuid4(), kind=kind, record_id=record_id, requested_by=by, expires_at=expires_at
    )
    request.reason = reason
    tx.add(request)
    await tx.flush()
    return request


async def approve(
    tx: WriteSession,
    *,
    kind: str,
    record_id: uuid.UUID | None,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> Exemption:
    """A second person allows it. Raises: NotFound, Forbidden for the same person."""
    request = await _open_request(tx, kind=kind, record_id=record_id)
    check_second_person(requested_by=request.requested_by, approved_by=by)
    exemption = Exemption(
        id=uuid.uuid4(),
        kind=kind,
        record_id=record_id,
        requested_by=request.requested_by,
        approved_by=by,
        expires_at=request.expires_at,
    )
    tx.add(exemption)
    await tx.flush()
    request.outcome, request.decided_by, request.decided_at = "approved", by, at
    request.exemption_id, request.decision = exemption.id, reason
    return exemption


async def decline(
    tx: WriteSession,
    *,
    kind: str,
    record_id: uuid.UUID | None,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Someone says no, the person who asked included. Raises: NotFound."""
    request = await _open_request(tx, kind=kind, record_id=record_id)
    request.outcome, request.decided_by, request.decided_at = "declined", by, at
    request.decision = reason


async def withdraw(tx: WriteSession, exemption_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Take an exemption back; the database recalls what left under it. Raises: NotFound, Conflict."""
    exemption = await repository.locked_exemption(tx, exemption_id)
    if exemption is None:
        raise NotFound("exemption")
    if exemption.withdrawn_at is not None:
        raise Conflict("exemption_withdrawn")
    exemption.withdrawn_at, exemption.withdrawn_by = at, by
    await tx.flush()


async def take_back(
    tx: WriteSession,
    *,
    kind: str,
    record_id: uuid.UUID,
    exemption_id: uuid.UUID,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """Stop sharing one record; the database recalls it in the same transaction.

    Its own approval is withdrawn. Under a standing one that stays for all others, the record is
    kept back, or where that cannot be, its own designation is turned off.
    """
    exemption = await repository.locked_exemption(tx, exemption_id)
    if exemption is not None and exemption.record_id == record_id:
        exemption.withdrawn_at, exemption.withdrawn_by = at, by
    elif kind in RELEASED.keepable:
        await keep_here(tx, kind=kind, record_id=record_id, reason=reason, by=by)
    else:
        await repository.end_release(tx, kind=kind, record_id=record_id)
    await tx.flush()


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


async def _open_request(
    tx: WriteSession, *, kind: str, record_id: uuid.UUID | None
) -> ExemptionRequest:
    request = await repository.latest_request(tx, kind=kind, record_id=record_id)
    if request is None or request.outcome != "open":
        raise NotFound("request")
    return request
