"""What other features may ask of people administration."""

from datetime import datetime

from sqlalchemy import func, select

from lmhg_gateway.features.people.models import Offboarding
from lmhg_kit.persistence import ReadSession


async def count_offboardings(tx: ReadSession, start: datetime, end: datetime) -> int:
    """How many people left in a time."""
    query = select(func.count()).where(Offboarding.at >= start, Offboarding.at < end)
    return int(await tx.scalar(query) or 0)
