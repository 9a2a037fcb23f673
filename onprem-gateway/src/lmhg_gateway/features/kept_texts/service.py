"""Use cases of portal texts that arrived here: note each, and keep one that names a client."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert

from lmhg_contracts.classification import StoragePolicy
from lmhg_gateway.features.incidents.public import open_incident
from lmhg_gateway.features.kept_texts.incident_codes import (
    CLIENT_NAMED_IN_CLOUD,
    CLIENT_NAMED_LATER,
)
from lmhg_gateway.features.kept_texts.models import Arrival, KeptText, RedactionOrder
from lmhg_kit.persistence import WriteSession
from lmhg_kit.persistence.standing_approvals import standing_id

REDACTION_REASONS = {
    "client_name": "names_client",
    "client_surname": "names_client",
    "client_initial": "names_client",
    "client_address": "contact_detail",
    "client_phone": "contact_detail",
    "client_email": "contact_detail",
    "client_number": "record_number",
    "record_number": "record_number",
}
OTHERWISE = "pattern"


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """One version of one portal text that crossed."""

    kind: str
    record_id: uuid.UUID
    version: int
    thread_id: uuid.UUID | None = None
    """The ticket that it is, or that it answers."""


async def record_arrival(tx: WriteSession, arrived: Arrived, *, is_kept: bool) -> None:
    """Remember that this version was screened, and what came of it."""
    row = {
        "kind": arrived.kind,
        "record_id": arrived.record_id,
        "version": arrived.version,
        "thread_id": arrived.thread_id,
        "outcome": "kept" if is_kept else "clear",
        "screened_at": datetime.now(UTC),
    }
    changes = {key: row[key] for key in ("version", "thread_id", "outcome", "screened_at")}
    statement = insert(Arrival).values(row)
    await tx.execute(
        statement.on_conflict_do_update(index_elements=["kind", "record_id"], set_=changes)
    )


async def keep_original(
    tx: WriteSession,
    arrived: Arrived,
    texts: Mapping[str, str],
    *,
    rule: str,
    is_later: bool = False,
) -> None:
    """Keep the original here, open an incident, and order the portal's copy redacted.

    `is_later` when the text named no client yet as it arrived.
    """
    kept = KeptText(
        source_kind=arrived.kind,
        source_id=arrived.record_id,
        source_version=arrived.version,
        rule=rule,
    )
    kept.subject, kept.body = texts.get("subject"), texts.get("body")
    tx.add(kept)
    kind, record_id = arrived.kind, arrived.record_id
    if is_later:
        open_incident(tx, CLIENT_NAMED_LATER, subject_kind=kind, subject_id=record_id)
    else:
        open_incident(tx, CLIENT_NAMED_IN_CLOUD, subject_kind=kind, subject_id=record_id)
    order = RedactionOrder(
        reason=REDACTION_REASONS.get(rule, OTHERWISE),
        target_kind=arrived.kind,
        target_id=arrived.record_id,
        target_version=arrived.version,
        exemption_id=standing_id("redaction_order"),
    )
    tx.add(order, storage_policy=StoragePolicy.CLOUD_ALLOWED)
