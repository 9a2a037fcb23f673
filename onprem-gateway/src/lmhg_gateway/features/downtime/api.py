"""Downtime for programs: how the packets are, and noting an opening. Packets and keys are for people."""

import uuid
from datetime import datetime
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.downtime import repository, service
from lmhg_gateway.features.downtime.forms import OpeningForm
from lmhg_gateway.features.downtime.pages import READ, WRITE
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH, TAG = "/api/v1/downtime", "downtime"


class PacketOut(msgspec.Struct, frozen=True, kw_only=True):
    """One packet: when it was made, by which key it opens, and how many visits it names."""

    id: uuid.UUID
    made_at: datetime
    key_number: int
    visits: int
    folder: str


class OpeningOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about a packet; `opened_by` is null where nobody opened it."""

    packet_made_at: datetime
    key_number: int
    opened_by: uuid.UUID | None
    why: str
    noted_by: str
    noted_at: datetime


class DowntimeOut(msgspec.Struct, frozen=True, kw_only=True):
    """How the packets are, the newest first."""

    key_number: int | None
    late: bool
    key_used: bool
    unanswered: int
    packets: list[PacketOut]
    openings: list[OpeningOut]


@answers(PATH, READ, purpose="downtime.look", tag=TAG)
async def downtime_state(tx: ReadSession, ask: Ask[Any]) -> DowntimeOut:
    """How the packets are."""
    found = await service.health(tx, at=ask.at)
    packets, openings = await tx.together(repository.packets(tx), repository.openings(tx))
    return DowntimeOut(
        key_number=found.key_number,
        late=found.is_late,
        key_used=found.is_used,
        unanswered=len(found.unanswered),
        packets=[
            PacketOut(
                id=each.id,
                made_at=each.made_at,
                key_number=each.key_number,
                visits=each.visits,
                folder=each.folder,
            )
            for each in packets
        ],
        openings=[
            OpeningOut(
                packet_made_at=each.packet_made_at,
                key_number=each.key_number,
                opened_by=each.opened_by,
                why=each.why,
                noted_by=each.noted_by,
                noted_at=each.noted_at,
            )
            for each in openings
        ],
    )


@does(f"{PATH}/openings", WRITE, purpose="downtime.note", tag=TAG, status=204)
async def write_opening(tx: WriteSession, ask: Ask[Any], data: JSONBody[OpeningForm]) -> None:
    """Note that one opened a packet oneself."""
    await service.record_opening(tx, data, by=ask.by, at=ask.at)


@does(
    f"{PATH}/packets/{{packet_id:uuid}}/unopened",
    WRITE,
    purpose="downtime.note",
    tag=TAG,
    status=204,
)
async def write_unopened(tx: WriteSession, ask: Ask[Any], packet_id: FromPath[uuid.UUID]) -> None:
    """Note that nobody opened the packet before an outage."""
    await service.record_unopened(tx, packet_id, by=ask.by, at=ask.at)


HANDLERS = (downtime_state, write_opening, write_unopened)
