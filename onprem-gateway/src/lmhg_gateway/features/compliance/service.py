"""Use cases of compliance."""

import uuid
from datetime import datetime

from lmhg_gateway.features.compliance import repository
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import WriteSession


async def decide_held(
    tx: WriteSession, held_id: uuid.UUID, *, outcome: str, by: str, at: datetime
) -> None:
    """Clear a held record for release, or keep it here. Raises: NotFound, Conflict.

    Clearing is about the text that the officer saw: a record that changed since is not released.
    It raises the version by one without changing the text; screening accepts exactly that version.
    """
    held = await repository.locked_held(tx, held_id)
    if held is None:
        raise NotFound("held_record")
    if held.outcome != "waiting":
        raise Conflict("held_decided")
    held.outcome, held.decided_by, held.decided_at = outcome, by, at
    await tx.flush()
    if outcome == "cleared":
        version = await repository.version_now(tx, kind=held.kind, record_id=held.record_id)
        if version != held.version:
            raise Conflict("held_changed")
        await repository.release_unchanged(tx, kind=held.kind, record_id=held.record_id)


async def close_incident(
    tx: WriteSession, incident_id: uuid.UUID, *, note: str, by: str, at: datetime
) -> None:
    """Say why an incident is done. Raises: NotFound, Conflict."""
    incident = await repository.locked_incident(tx, incident_id)
    if incident is None:
        raise NotFound("incident")
    if incident.closed_at is not None:
        raise Conflict("incident_closed")
    incident.note = note
    incident.closed_by, incident.closed_at = by, at
