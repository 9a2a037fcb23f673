"""How far a record is on its way out or back."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from lmhg_gateway.features.cloud_copies.public import recall_of, recalls_of, verdict_of
from lmhg_gateway.features.exemptions import repository
from lmhg_gateway.features.exemptions.crossing_views import Crossing, crossing_of, is_held, state_of
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.holds.public import held_of, newest_holds
from lmhg_gateway.features.ledger_review.public import newest_entry
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.exemptions import Exemption


async def crossing(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> Crossing:
    """How far one record is on its way out or back, step by step."""
    return crossing_of(
        exemption=await repository.exemption_of(tx, kind=kind, record_id=record_id),
        request=await repository.latest_request(tx, kind=kind, record_id=record_id),
        verdict=await verdict_of(tx, kind=kind, record_id=record_id),
        shipment=await newest_entry(tx, kind=kind, record_id=record_id),
        recall=await recall_of(tx, kind=kind, record_id=record_id),
        held=await held_of(tx, kind=kind, record_id=record_id),
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
    holds = await newest_holds(tx, kind=kind, record_ids=record_ids)
    recalls = await recalls_of(tx, kind=kind, record_ids=record_ids)
    return {
        each: state_of(
            request=requests.get(each),
            exemption=exemptions.get(each),
            held=holds.get(each),
            recall=recalls.get(each),
        )
        for each in record_ids
    }


async def is_record_held(tx: ReadSession, *, kind: str, record_id: uuid.UUID) -> bool:
    """Whether a record is approved and does not leave, because screening holds it or an officer kept it."""
    exemption = await repository.exemption_of(tx, kind=kind, record_id=record_id)
    if exemption is None or exemption.withdrawn_at is not None:
        return False
    return is_held(await held_of(tx, kind=kind, record_id=record_id), exemption)
