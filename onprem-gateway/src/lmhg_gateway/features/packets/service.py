"""Use cases of packets: make one for a week, judge its lines, sign it, and say when it is late."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lmhg_gateway.features.incidents.public import open_incident
from lmhg_gateway.features.ledger_review.public import ask_check, newest_check
from lmhg_gateway.features.packets import repository
from lmhg_gateway.features.packets.incident_codes import PACKET_LINE
from lmhg_gateway.features.packets.models import Packet
from lmhg_gateway.features.packets.models import PacketLine as Line
from lmhg_gateway.features.packets.rules import (
    LEDGERS,
    Week,
    canonical,
    digest_of,
    in_order,
    short_digest,
)
from lmhg_gateway.web.points import PacketLine, WeekSpan
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "packet"


async def gather(
    tx: ReadSession, week: Week, lines: Iterable[PacketLine], *, at: datetime, hours: str
) -> dict[str, Mapping[str, Any]]:
    """The counts that answer each line of a week's packet, in the order of the packet."""
    span = WeekSpan(
        first=week.first,
        last=week.last,
        begins=week.begins,
        ends=week.ends,
        zone=week.zone,
        at=at,
        hours=hours,
    )
    return {code: await each.count(tx, span) for code, each in in_order(lines).items()}


async def are_ledgers_checked(tx: WriteSession, week: Week, *, by: str) -> bool:
    """Whether each ledger was verified since the week ended; asks for it where not."""
    done = True
    for ledger in LEDGERS:
        check = await newest_check(tx, ledger)
        if check is None or check.finished_at is None or check.finished_at < week.ends:
            await ask_check(tx, ledger, by=by)
            done = False
    return done


async def make(
    tx: WriteSession, week: Week, lines: Iterable[PacketLine], *, at: datetime, hours: str
) -> Packet | None:
    """The packet of a week, once; nothing when there is one. Raises: Conflict before its end."""
    if week.ends > at:
        raise Conflict("week_not_over")
    if await repository.of_week(tx, week.first) is not None:
        return None
    facts = await gather(tx, week, lines, at=at, hours=hours)
    packet = Packet(
        id=uuid.uuid4(),
        first_day=week.first,
        last_day=week.last,
        zone=week.zone,
        due_at=week.due_at,
    )
    tx.add(packet)
    await tx.flush()
    for position, code in enumerate(facts):
        line = Line(
            id=uuid.uuid4(),
            packet_id=packet.id,
            position=position,
            code=code,
            facts=dict(facts[code]),
        )
        tx.add(line)
    await tx.flush()
    await tx.audit("packet_made", kind=KIND, ids=[packet.id])
    return packet


async def judge(
    tx: WriteSession,
    packet_id: uuid.UUID,
    judged: Mapping[str, tuple[str, str]],
    *,
    by: str,
    at: datetime,
) -> None:
    """Keep what an officer made of some lines; a new "incident" opens one. Raises: NotFound, Conflict."""
    packet = await _locked(tx, packet_id)
    for line in await repository.lines_of(tx, packet.id):
        if line.code not in judged:
            continue
        verdict, comment = judged[line.code]
        if (line.verdict, line.comment or "") == (verdict, comment):
            continue
        if verdict == "incident" and line.incident_id is None:
            line.incident_id = open_incident(
                tx, PACKET_LINE, subject_kind=KIND, subject_id=packet.id
            )
        line.verdict, line.judged_by, line.judged_at = verdict, by, at
        line.comment = comment or None
    await tx.flush()


async def sign(tx: WriteSession, packet_id: uuid.UUID, *, by: str, at: datetime) -> str:
    """Close a packet whose lines are all judged; its digest. Raises: NotFound, Conflict."""
    packet = await _locked(tx, packet_id)
    lines = await repository.lines_of(tx, packet.id)
    if not lines or any(line.verdict is None for line in lines):
        raise Conflict("packet_not_judged")
    digest = digest_of(content_of(packet, lines, signed_by=by))
    packet.signed_by, packet.signed_at, packet.digest = by, at, digest
    await tx.flush()
    await tx.audit(
        "packet_signed", kind=KIND, ids=[packet.id], columns=[f"sha256:{short_digest(digest)}"]
    )
    return digest


def content_of(packet: Packet, lines: Any, *, signed_by: str) -> bytes:  # noqa: ANN401 - its lines
    """What the signature covers, from the rows as they stand."""
    return canonical(
        first_day=packet.first_day,
        last_day=packet.last_day,
        zone=packet.zone,
        signed_by=signed_by,
        lines=[
            {
                "code": line.code,
                "facts": line.facts,
                "verdict": line.verdict,
                "comment": line.comment or "",
                "judged_by": line.judged_by,
                "incident_id": str(line.incident_id) if line.incident_id else None,
            }
            for line in lines
        ],
    )


async def _locked(tx: WriteSession, packet_id: uuid.UUID) -> Packet:
    packet = await repository.locked(tx, packet_id)
    if packet is None:
        raise NotFound("packet")
    if packet.signed_at is not None:
        raise Conflict("packet_signed")
    return packet
