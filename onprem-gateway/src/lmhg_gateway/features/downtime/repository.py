"""All SQL of downtime."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, exists, func, select, text
from sqlalchemy.orm import aliased, load_only

from lmhg_gateway.features.downtime.models import DowntimeKey, DowntimeOpening, DowntimePacket
from lmhg_gateway.features.downtime.rules import LATE
from lmhg_kit.persistence import ReadSession, WriteSession

OPENINGS_MAX, PACKETS_MAX = 50, 200
_FACTS = (
    DowntimePacket.made_at,
    DowntimePacket.key_number,
    DowntimePacket.visits,
    DowntimePacket.folder,
)

_ONE_KEY_AT_A_TIME = text("select pg_advisory_xact_lock(7145, 0)")
_ONE_WORD_AT_A_TIME = text("select pg_advisory_xact_lock(7145, 1)")


async def newest_key(tx: ReadSession) -> DowntimeKey | None:
    """The key that seals now."""
    return await tx.scalar(select(DowntimeKey).order_by(DowntimeKey.number.desc()).limit(1))


async def newest_key_facts(tx: ReadSession) -> DowntimeKey | None:
    """Which key seals now, who printed it and when; not the key."""
    facts = (DowntimeKey.number, DowntimeKey.printed_by, DowntimeKey.printed_at)
    query = select(DowntimeKey).options(load_only(*facts)).order_by(DowntimeKey.number.desc())
    return await tx.scalar(query.limit(1))


class Facts(NamedTuple):
    """What tells how the packets are, of the time for which they are kept."""

    key_number: int | None
    printed_at: datetime | None
    folder: str | None
    made: Sequence[datetime]
    """When each packet was made, the newest first."""
    said: Sequence[datetime]
    """Packets of which something was said."""
    is_used: bool
    """Whether the newest key opened a packet."""


def _facts() -> Select[Any, Any, Any, Any, Any, Any]:
    key, packet, opening = DowntimeKey, DowntimePacket, DowntimeOpening
    newest = select(func.max(key.number)).scalar_subquery()
    last = select(packet.folder).order_by(packet.made_at.desc()).limit(1).scalar_subquery()
    used = exists().where(opening.key_number == newest, opening.opened_by.is_not(None))
    made = select(packet.made_at).order_by(packet.made_at.desc()).limit(PACKETS_MAX)
    said = select(opening.packet_made_at).order_by(opening.noted_at.desc()).limit(OPENINGS_MAX)
    printed = select(key.printed_at).where(key.number == newest).scalar_subquery()
    return select(
        newest,
        printed,
        last,
        func.array(made.scalar_subquery()),
        func.array(said.scalar_subquery()),
        used,
    )


_FACTS_OF = _facts()


async def facts(tx: ReadSession) -> Facts:
    """How the packets are, in one look."""
    return Facts(*(await tx.execute(_FACTS_OF)).one())


async def lock_keys(tx: WriteSession) -> None:
    """One key is printed at a time."""
    await tx.execute(_ONE_KEY_AT_A_TIME)


async def lock_openings(tx: WriteSession) -> None:
    """One thing is said of packets at a time."""
    await tx.execute(_ONE_WORD_AT_A_TIME)


async def packets(tx: ReadSession) -> Sequence[DowntimePacket]:
    """What is known of the packets that are kept, the newest first; not the packets themselves."""
    query = select(DowntimePacket).options(load_only(*_FACTS))
    return (
        await tx.scalars(query.order_by(DowntimePacket.made_at.desc()).limit(PACKETS_MAX))
    ).all()


async def newest_packet(tx: ReadSession) -> DowntimePacket | None:
    """The last packet, whole."""
    query = select(DowntimePacket).order_by(DowntimePacket.made_at.desc()).limit(1)
    return await tx.scalar(query)


async def packet_at(tx: ReadSession, packet_id: uuid.UUID) -> DowntimePacket | None:
    """One packet, whole."""
    return await tx.get(DowntimePacket, packet_id)


async def last_made(tx: ReadSession) -> tuple[datetime, int] | None:
    """When the last packet was made, and by which key it opens."""
    query = select(DowntimePacket.made_at, DowntimePacket.key_number)
    row = (await tx.execute(query.order_by(DowntimePacket.made_at.desc()).limit(1))).one_or_none()
    return (row.made_at, row.key_number) if row else None


async def add(tx: WriteSession, row: DowntimeKey | DowntimePacket | DowntimeOpening) -> None:
    """Keep a row."""
    tx.sync_session.add(row)
    await tx.flush()


async def drop_older(tx: WriteSession, than: datetime) -> None:
    """Delete packets from before this moment, but for the last one before an outage that nobody answered."""
    packet, later = DowntimePacket, aliased(DowntimePacket)
    followed = exists().where(
        later.made_at > packet.made_at, later.made_at <= packet.made_at + LATE
    )
    answered = exists().where(DowntimeOpening.packet_made_at == packet.made_at)
    await tx.execute(delete(packet).where(packet.made_at < than, followed | answered))


async def openings(tx: ReadSession) -> Sequence[DowntimeOpening]:
    """What was said about packets, the newest first."""
    query = select(DowntimeOpening).order_by(DowntimeOpening.noted_at.desc())
    return (await tx.scalars(query.limit(OPENINGS_MAX))).all()


async def opened_between(tx: ReadSession, begins: datetime, ends: datetime) -> int:
    """How many openings were noted in this time."""
    opening = DowntimeOpening
    query = select(func.count(opening.id)).where(
        opening.opened_by.is_not(None), opening.noted_at >= begins, opening.noted_at < ends
    )
    return int(await tx.scalar(query) or 0)


async def said_of(tx: ReadSession, made_at: datetime) -> bool:
    """Whether something was said about the packet of this moment."""
    query = select(DowntimeOpening.id).where(DowntimeOpening.packet_made_at == made_at).limit(1)
    return await tx.scalar(query) is not None
