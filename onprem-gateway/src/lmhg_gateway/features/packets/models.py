"""Tables of the weekly packet: a week, its lines, and the signature that closes it."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules


class Packet(Base):
    """One week, Monday to Sunday in the practice's zone. Once signed it stays for ever."""

    __tablename__ = "packet"
    __table_args__ = (
        CheckConstraint(
            "(signed_by is null) = (signed_at is null) and (signed_by is null) = (digest is null)",
            name="signed_whole",
        ),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(
        refusal=Refusal("packet_stands", "LM018"),
        fixed=("first_day", "last_day", "zone", "made_at", "due_at"),
        over_when="old.signed_at is not null",
        begins={"signed_at": "null"},
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    first_day: Mapped[date] = operational(Date, nullable=False, unique=True)
    last_day: Mapped[date] = operational(Date, nullable=False)
    zone: Mapped[str] = operational(String(64), nullable=False)
    made_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    due_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    told_on: Mapped[date | None] = operational(Date, nullable=True)
    signed_by: Mapped[str | None] = operational(String(80), nullable=True)
    signed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    digest: Mapped[str | None] = operational(String(64), nullable=True)


class PacketLine(Base):
    """One question of a packet: the counts that answer it, and what an officer made of them."""

    __tablename__ = "packet_line"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = (
        UniqueConstraint("packet_id", "code"),
        CheckConstraint("octet_length(facts::text) <= 65536", name="bounded"),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(
        refusal=Refusal("packet_stands", "LM018"),
        fixed=("packet_id", "position", "code", "facts"),
        begins={"verdict": "null"},
        changed_by_actor=("judged_by",),
        changed_by_power=("gw_workspace",),
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    packet_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.packet.id"), nullable=False
    )
    position: Mapped[int] = operational(Integer, nullable=False)
    code: Mapped[str] = operational(String(40), nullable=False)
    facts: Mapped[dict[str, Any]] = operational(JSONB, nullable=False)
    verdict: Mapped[str | None] = operational(String(8), nullable=True)  # ok, question, incident
    judged_by: Mapped[str | None] = operational(String(80), nullable=True)
    judged_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    incident_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    comment_sealed: Mapped[bytes | None] = sealed()

    comment = SealedText(max_chars=1000)
