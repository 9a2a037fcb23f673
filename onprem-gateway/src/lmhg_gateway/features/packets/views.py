"""Packets as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lmhg_gateway.features.packets.models import Packet, PacketLine
from lmhg_gateway.features.packets.rules import (
    Week,
    digest_of,
    needs_a_look,
)
from lmhg_gateway.features.packets.service import content_of
from lmhg_gateway.features.staff.public import who_words
from lmhg_gateway.web.points import PacketLine as Question

VERDICT_TONES = {"ok": "ok", "question": "warn", "incident": "bad"}


@dataclass(frozen=True)
class PacketRow:
    """One packet in the list, or at the head of its page."""

    id: uuid.UUID
    first_day: date
    last_day: date
    made_at: datetime
    due_at: datetime
    signed_at: datetime | None
    signed_by: str
    digest: str
    state: str
    state_tone: str


@dataclass(frozen=True)
class LineRow:
    """One line: the counts, and what was made of them."""

    id: uuid.UUID
    code: str
    title: str
    question: str
    pairs: Sequence[tuple[str, Any]]
    look: bool
    verdict: str
    verdict_tone: str
    comment: str
    is_judged: bool
    judged_by: str
    incident_id: uuid.UUID | None
    error: str


def packet_rows(
    found: Iterable[Packet], names: Mapping[str, str], *, at: datetime
) -> list[PacketRow]:
    """Packets as the list shows them."""
    return [packet_row(each, names, at=at) for each in found]


def packet_row(each: Packet, names: Mapping[str, str], *, at: datetime) -> PacketRow:
    """One packet with its state in words."""
    if each.signed_at is not None:
        late = each.signed_at > each.due_at
        state, tone = ("Signed late", "warn") if late else ("Signed", "ok")
    else:
        late = each.due_at <= at
        state, tone = ("Late", "bad") if late else ("Waiting for a signature", "warn")
    return PacketRow(
        id=each.id,
        first_day=each.first_day,
        last_day=each.last_day,
        made_at=each.made_at,
        due_at=each.due_at,
        signed_at=each.signed_at,
        signed_by=who_words(each.signed_by or "", names),
        digest=each.digest or "",
        state=state,
        state_tone=tone,
    )


def line_rows(
    found: Iterable[PacketLine],
    names: Mapping[str, str],
    *,
    words: Mapping[str, Question],
    typed: Mapping[str, tuple[str, str]],
    errors: Mapping[str, str],
) -> list[LineRow]:
    """A packet's lines; what was typed and refused is in them as typed."""
    rows: list[LineRow] = []
    for each in found:
        line = words.get(each.code)
        verdict, comment = typed.get(each.code, (each.verdict or "", each.comment or ""))
        rows.append(
            LineRow(
                id=each.id,
                code=each.code,
                title=line.title if line else each.code,
                question=line.question if line else "",
                pairs=_pairs(each.facts),
                look=needs_a_look(line, each.facts),
                verdict=verdict,
                verdict_tone=VERDICT_TONES.get(verdict, ""),
                comment=comment,
                is_judged=each.verdict is not None,
                judged_by=names.get(each.judged_by or "", ""),
                incident_id=each.incident_id,
                error=errors.get(each.code, ""),
            )
        )
    return rows


@dataclass(frozen=True)
class WeekState:
    """One week and whether its packet is signed, in words; its page where there is a packet."""

    first_day: date
    last_day: date
    packet_id: uuid.UUID | None
    state: str
    is_signed: bool


def week_state(week: Week, packet: Packet | None, *, intact: bool) -> WeekState:
    """One week of a month."""
    state, is_signed = "Signed", True
    if packet is None:
        state, is_signed = "Was never made", False
    elif packet.signed_at is None:
        state, is_signed = "Is not signed", False
    elif not intact:
        state, is_signed = "Is not what was signed", False
    return WeekState(week.first, week.last, packet.id if packet else None, state, is_signed)


def is_intact(packet: Packet, lines: Sequence[PacketLine]) -> bool:
    """Whether a signed packet still has the content that was signed."""
    if packet.signed_by is None:
        return True
    return digest_of(content_of(packet, lines, signed_by=packet.signed_by)) == packet.digest


def _pairs(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in facts.items():
        label = name.replace("_", " ").capitalize()
        if isinstance(value, Mapping):
            pairs += [(f"{label}: {inner}", count) for inner, count in _pairs(value)]
        else:
            pairs.append((label, value))
    return pairs
