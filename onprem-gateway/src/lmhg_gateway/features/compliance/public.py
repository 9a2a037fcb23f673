"""What other features may ask of compliance: exemptions, by two people."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from lmhg_gateway.features.compliance import incident_repository, repository
from lmhg_gateway.features.compliance import week_repository as week
from lmhg_gateway.features.compliance.held_rules import REASONS, reason_of, takes_two
from lmhg_gateway.features.compliance.incident_service import open_incident
from lmhg_gateway.features.compliance.models import (
    CanarySweep,
    ExemptionRequest,
    HeldRecord,
    KeptBack,
)
from lmhg_gateway.features.compliance.rules import check_second_person
from lmhg_gateway.features.compliance.views import Crossing, crossing_of, state_of
from lmhg_gateway.features.ledger_review.public import newest_entry
from lmhg_gateway.kernel.released import RELEASED
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.feature import Asked, Note
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.exemptions import Exemption

__all__ = [
    "REASONS",
    "Crossing",
    "Exemption",
    "ExemptionRequest",
    "HeldRecord",
    "approve",
    "crossing",
    "decline",
    "hold_record",
    "latest_request",
    "open_incident",
    "open_requests_of",
    "propose",
    "reason_of",
    "record_sweep",
    "states",
    "take_back",
    "takes_two",
    "waiting_counts",
    "waiting_notes",
    "week_facts",
    "withdraw",
]


WHERE_MAX = 20
"""Tables or files that one place names at most."""


async def open_requests_of(tx: ReadSession, person: str) -> int:
    """How many requests of somebody wait for a second person."""
    query = select(func.count()).where(
        ExemptionRequest.outcome == "open", ExemptionRequest.requested_by == person
    )
    return int(await tx.scalar(query) or 0)


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
    open_one = await latest_request(tx, kind=kind, record_id=record_id)
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
    """Somebody says no, the person who asked included. Raises: NotFound."""
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
        kept = KeptBack(id=uuid.uuid4(), kind=kind, record_id=record_id, kept_by=by)
        kept.reason = reason
        tx.add(kept)
    else:
        await repository.end_release(tx, kind=kind, record_id=record_id)
    await tx.flush()


async def latest_request(
    tx: ReadSession, *, kind: str, record_id: uuid.UUID | None
) -> ExemptionRequest | None:
    """The newest request about a record."""
    query = select(ExemptionRequest).where(
        ExemptionRequest.kind == kind, ExemptionRequest.record_id == record_id
    )
    return await tx.scalar(query.order_by(ExemptionRequest.requested_at.desc()).limit(1))


async def crossing(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Crossing:
    """How far one record is on its way out or back, step by step."""
    return crossing_of(
        exemption=await repository.exemption_of(tx, kind=kind, record_id=record_id),
        request=await latest_request(tx, kind=kind, record_id=record_id),
        verdict=await repository.verdict_of(tx, kind=kind, record_id=record_id),
        shipment=await newest_entry(tx, kind=kind, record_id=record_id),
        recall=await repository.recall_of(tx, kind=kind, record_id=record_id),
        held=await repository.held_of(tx, kind=kind, record_id=record_id),
    )


async def received_at(
    tx: ReadSession, *, kind: str, record_id: uuid.UUID, version: int
) -> datetime | None:
    """When the portal's receipt of this version, or of a newer one, came back."""
    shipment = await newest_entry(tx, kind=kind, record_id=record_id)
    if shipment is None or (shipment.entry.get("version") or 0) < version:
        return None
    closed: datetime | None = shipment.closed_at
    return closed


async def states(
    tx: ReadSession, *, kind: str, record_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, str]]:
    """Words and badge for how far each of these records is; four queries for all of them."""
    if not record_ids:
        return {}
    newest = partial(repository.newest, tx, kind=kind, record_ids=record_ids)
    requests = await newest(ExemptionRequest, at="requested_at")
    exemptions = await newest(Exemption, at="granted_at")
    holds = await newest(HeldRecord, at="version")
    recalls = await repository.recalls_of(tx, kind=kind, record_ids=record_ids)
    return {
        each: state_of(
            request=requests.get(each),
            exemption=exemptions.get(each),
            held=holds.get(each),
            recall=recalls.get(each),
        )
        for each in record_ids
    }


async def _open_request(
    tx: WriteSession, *, kind: str, record_id: uuid.UUID | None
) -> ExemptionRequest:
    request = await latest_request(tx, kind=kind, record_id=record_id)
    if request is None or request.outcome != "open":
        raise NotFound("request")
    return request


async def waiting_counts(tx: ReadSession) -> dict[str, int]:
    """How much waits for the officer: held, requests, incidents."""
    return await repository.counts(tx)


async def waiting_notes(tx: ReadSession, _asked: Asked) -> list[Note]:
    """The same as what the bell says."""
    counts = await repository.counts(tx)
    return [
        Note(
            label="Approvals asked for",
            count=counts["requests"],
            href="/compliance/exemptions",
            kind="warn",
        ),
        Note(label="Held records", count=counts["held"], href="/compliance/held", kind="warn"),
        Note(
            label="Open incidents",
            count=counts["incidents"],
            href="/compliance/incidents",
            kind="bad",
        ),
    ]


async def hold_record(tx: WriteSession, verdict: Mapping[str, object]) -> None:
    """Put a held record with every hit before the officer, once for each version."""
    keys = ("kind", "record_id", "version", "rule", "place", "hits")
    row = {key: verdict[key] for key in keys} | {"id": uuid.uuid4()}
    await tx.execute(insert(HeldRecord).values(row).on_conflict_do_nothing())


class Looked(Protocol):
    """What a sweep looked at in one place."""

    @property
    def items(self) -> int:
        """Rows, files or pages."""
        ...

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    @property
    def where(self) -> Mapping[str, int]:
        """Table or file to how many tokens stood in it."""
        ...


async def record_sweep(
    tx: WriteSession,
    *,
    tokens: int,
    places: Mapping[str, Looked],
    started_at: datetime,
    finished_at: datetime,
    by: str,
) -> uuid.UUID:
    """Put one canary sweep on record: counts by place, never a token; findings open an incident."""
    counted = {name: _counted(looked) for name, looked in places.items()}
    row = CanarySweep(
        id=uuid.uuid4(),
        started_at=started_at,
        finished_at=finished_at,
        recorded_by=by,
        tokens=tokens,
        places=counted,
        findings=sum(each["findings"] for each in counted.values()),
    )
    tx.add(row)
    await tx.flush()
    await tx.note(
        "sweep", kind="canary_sweep", ids=[row.id], outcome="found" if row.findings else "clean"
    )
    if row.findings:
        open_incident(tx, code="canary_found", subject_kind="canary_sweep", subject_id=row.id)
    return row.id


def _counted(looked: Looked) -> dict[str, Any]:
    return {
        "items": looked.items,
        "bytes": looked.size,
        "findings": sum(looked.where.values()),
        "where": dict(list(looked.where.items())[:WHERE_MAX]),
    }


async def week_facts(
    tx: ReadSession, start: datetime, end: datetime, *, zone: str, at: datetime, late_h: float
) -> dict[str, dict[str, Any]]:
    """Counts of a stretch of time, by line of the weekly packet."""
    decisions = await week.decisions(tx, start, end)
    incidents = await incident_repository.counts_between(tx, start, end)
    return {
        **decisions,
        "held": await week.held(tx, start, end),
        "exemptions": await week.exemptions(tx, start, end),
        "standing": await week.standing(tx, start, end),
        "match": await week.matches(tx, start, end, zone=zone),
        "sweeps": await week.sweeps(tx, start, end, zone=zone),
        "incidents": {**incidents, "open_now": await week.open_incidents(tx)},
        "witness": await week.witness(tx, at=at, late_h=late_h),
    }
