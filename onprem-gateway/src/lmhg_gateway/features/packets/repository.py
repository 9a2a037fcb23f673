"""All SQL of packets."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select, text

from lmhg_gateway.features.packets.models import Packet, PacketLine
from lmhg_kit.persistence import ReadSession, WriteSession

LISTED_MAX = 60
_BEGAN = text("select convert_from(entry, 'utf8')::jsonb ->> 'at' from audit.ledger where n = 0")


async def listed(tx: ReadSession) -> Sequence[Packet]:
    """The newest packets, newest first."""
    query = select(Packet).order_by(Packet.first_day.desc()).limit(LISTED_MAX)
    return (await tx.scalars(query)).all()


async def by_id(tx: ReadSession, packet_id: uuid.UUID) -> Packet | None:
    """One packet."""
    return await tx.get(Packet, packet_id)


async def of_week(tx: ReadSession, first_day: date) -> Packet | None:
    """The packet of a week."""
    return await tx.scalar(select(Packet).where(Packet.first_day == first_day))


async def locked(tx: WriteSession, packet_id: uuid.UUID) -> Packet | None:
    """One packet, held until this unit of work ends."""
    return await tx.scalar(select(Packet).where(Packet.id == packet_id).with_for_update())


async def lines_of(tx: ReadSession, packet_id: uuid.UUID) -> Sequence[PacketLine]:
    """A packet's lines, in order."""
    query = select(PacketLine).where(PacketLine.packet_id == packet_id)
    return (await tx.scalars(query.order_by(PacketLine.position))).all()


async def overdue(tx: WriteSession, *, at: datetime, today: date) -> Sequence[Packet]:
    """Unsigned packets past their time of which nobody was told today."""
    query = select(Packet).where(
        Packet.signed_at.is_(None),
        Packet.due_at <= at,
        or_(Packet.told_on.is_(None), Packet.told_on < today),
    )
    return (await tx.scalars(query.with_for_update(skip_locked=True))).all()


async def late_counts(tx: ReadSession, *, before: date, at: datetime) -> dict[str, int]:
    """Earlier packets that are unsigned past their time, or were signed after it."""
    earlier = Packet.first_day < before
    unsigned = select(func.count()).where(earlier, Packet.signed_at.is_(None), Packet.due_at <= at)
    late = select(func.count()).where(earlier, Packet.signed_at > Packet.due_at)
    return {
        "unsigned": int(await tx.scalar(unsigned) or 0),
        "signed_late": int(await tx.scalar(late) or 0),
    }


async def newest(tx: ReadSession) -> Packet | None:
    """The packet of the newest week."""
    return await tx.scalar(select(Packet).order_by(Packet.first_day.desc()).limit(1))


async def open_count(tx: ReadSession, *, at: datetime) -> int:
    """How many packets are unsigned past their time."""
    query = select(func.count()).where(Packet.signed_at.is_(None), Packet.due_at <= at)
    return int(await tx.scalar(query) or 0)


async def began_at(tx: ReadSession) -> datetime | None:
    """When this installation's access ledger began."""
    said = (await tx.execute(_BEGAN)).scalar_one_or_none()
    return datetime.fromisoformat(said) if said else None


async def between(tx: ReadSession, first: date, last: date) -> Sequence[Packet]:
    """The packets of the weeks that end between two days, both of them included."""
    query = select(Packet).where(Packet.last_day >= first, Packet.last_day <= last)
    return (await tx.scalars(query.order_by(Packet.first_day))).all()
