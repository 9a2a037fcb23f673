"""Putting a canary sweep on record."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from lmhg_gateway.features.incidents.public import open_incident
from lmhg_gateway.features.oversight.incident_codes import CANARY_FOUND
from lmhg_gateway.features.oversight.models import CanarySweep
from lmhg_kit.persistence import WriteSession

WHERE_MAX = 20
"""Tables or files that one place names at most."""


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
    await tx.audit(
        "sweep", kind="canary_sweep", ids=[row.id], outcome="found" if row.findings else "clean"
    )
    if row.findings:
        open_incident(tx, CANARY_FOUND, subject_kind="canary_sweep", subject_id=row.id)
    return row.id


def _counted(looked: Looked) -> dict[str, Any]:
    return {
        "items": looked.items,
        "bytes": looked.size,
        "findings": sum(looked.where.values()),
        "where": dict(list(looked.where.items())[:WHERE_MAX]),
    }
