"""Counts of one stretch of time, for the weekly packet: never a value, never a name."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.exemptions import Exemption


async def exemptions(tx: ReadSession, start: datetime, end: datetime) -> dict[str, int]:
    """Exemptions of single records: granted, withdrawn, expired, in force, ending soon."""
    single = Exemption.record_id.is_not(None)
    gone = Exemption.withdrawn_at >= start, Exemption.withdrawn_at < end
    in_force = single, Exemption.withdrawn_at.is_(None)
    soon = Exemption.expires_at < end + timedelta(days=7)
    granted = Exemption.granted_at >= start, Exemption.granted_at < end
    expired = Exemption.withdrawn_by == "expiry"
    return {
        "granted": await _count(tx, Exemption.id, single, *granted),
        "withdrawn": await _count(tx, Exemption.id, single, ~expired, *gone),
        "expired": await _count(tx, Exemption.id, single, expired, *gone),
        "in_force": await _count(tx, Exemption.id, *in_force),
        "ending_soon": await _count(tx, Exemption.id, *in_force, soon),
    }


async def standing(tx: ReadSession, start: datetime, end: datetime) -> dict[str, int]:
    """Standing approvals in force, and those that changed."""
    of_kind = Exemption.record_id.is_(None)
    granted = Exemption.granted_at >= start, Exemption.granted_at < end
    gone = Exemption.withdrawn_at >= start, Exemption.withdrawn_at < end
    return {
        "in_force": await _count(tx, Exemption.id, of_kind, Exemption.withdrawn_at.is_(None)),
        "granted": await _count(tx, Exemption.id, of_kind, *granted),
        "withdrawn": await _count(tx, Exemption.id, of_kind, *gone),
    }


async def _count(tx: ReadSession, column: Any, *where: Any) -> int:  # noqa: ANN401 - SQL expressions
    return int(await tx.scalar(select(func.count(column)).where(*where)) or 0)
