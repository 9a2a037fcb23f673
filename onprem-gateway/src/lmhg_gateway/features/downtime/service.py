"""Use cases of downtime: a key is printed, a packet is taken along, an opening is noted."""

import uuid
from datetime import datetime
from typing import NamedTuple

from lmhg_gateway.features.downtime import repository
from lmhg_gateway.features.downtime.forms import OpeningForm
from lmhg_gateway.features.downtime.models import DowntimeKey, DowntimeOpening, DowntimePacket
from lmhg_gateway.features.downtime.rules import LATE, Outage, Why, new_code, outages
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "downtime_packet"


class Health(NamedTuple):
    """How the packets are."""

    key_number: int | None
    """The key that seals now."""
    has_packet: bool
    is_late: bool
    """No packet for two hours, though a key was printed."""
    is_lost: bool
    """The last packet did not reach its folder."""
    is_used: bool
    """The newest key opened a packet, so it should be replaced."""
    unanswered: list[Outage]
    """Outages of the last days of which nobody said whether a packet was opened."""


async def health(tx: ReadSession, *, at: datetime) -> Health:
    """How the packets are."""
    found = await repository.facts(tx)
    newest = found.made[0] if found.made else None
    since = max((each for each in (newest, found.printed_at) if each), default=at)
    said = set(found.said)
    return Health(
        key_number=found.key_number,
        has_packet=newest is not None,
        is_late=found.key_number is not None and at - since > LATE,
        is_lost=found.folder == "failed",
        is_used=found.is_used,
        unanswered=[each for each in outages(found.made) if each.begins not in said],
    )


async def print_key(tx: WriteSession, *, by: str, at: datetime) -> DowntimeKey:
    """A new key, which seals from the next packet on; its text is shown once."""
    await repository.lock_keys(tx)
    before = await repository.newest_key(tx)
    made = DowntimeKey(number=before.number + 1 if before else 1, printed_by=by, printed_at=at)
    made.code = new_code()
    await repository.add(tx, made)
    return made


async def take(tx: ReadSession) -> DowntimePacket:
    """The last packet, to be kept on a computer of the office. Raises: NotFound."""
    found = await repository.newest_packet(tx)
    if found is None:
        raise NotFound("downtime_none")
    await tx.audit("read", kind=KIND, ids=[found.id])
    return found


async def record_opening(
    tx: WriteSession, form: OpeningForm, *, by: str, at: datetime
) -> DowntimeOpening:
    """Note that one opened a packet oneself; each client in it counts as opened. Raises: NotFound, Invalid."""
    if form.why is Why.UNOPENED:
        raise Invalid("downtime_why", fields={"why": "Choose a reason."})
    packet = await _packet(tx, form.packet_id)
    made = _opening(packet, why=form.why, by=by, at=at)
    made.opened_by = uuid.UUID(by)
    await repository.lock_openings(tx)
    await repository.add(tx, made)
    if packet.client_ids:
        await tx.audit("read", kind="client", ids=packet.client_ids)
    return made


async def record_unopened(tx: WriteSession, packet_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Note that nobody opened the packet before an outage. Raises: NotFound, Conflict."""
    packet = await _packet(tx, packet_id)
    await repository.lock_openings(tx)
    if await repository.said_of(tx, packet.made_at):
        raise Conflict("downtime_said")
    await repository.add(tx, _opening(packet, why=Why.UNOPENED, by=by, at=at))


def _opening(packet: DowntimePacket, *, why: Why, by: str, at: datetime) -> DowntimeOpening:
    return DowntimeOpening(
        packet_made_at=packet.made_at,
        key_number=packet.key_number,
        why=why.value,
        noted_by=by,
        noted_at=at,
    )


async def _packet(tx: ReadSession, packet_id: uuid.UUID) -> DowntimePacket:
    found = await repository.packet_at(tx, packet_id)
    if found is None:
        raise NotFound("downtime_packet")
    return found
