"""Tables of the compliance officer: requests, incidents, and what a hold became."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed


class ExemptionRequest(Base):
    """Somebody asks that one record may leave; somebody else decides."""

    __tablename__ = "exemption_request"
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = operational(String(40), nullable=False)
    record_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, index=True)
    requested_by: Mapped[str] = operational(String(80), nullable=False)
    requested_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    expires_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    outcome: Mapped[str] = operational(
        String(16), nullable=False, server_default="open", default="open"
    )  # open, approved, declined
    exemption_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    reason_sealed: Mapped[bytes | None] = sealed()
    decision_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)
    decision = SealedText(max_chars=1000)


class Withdrawal(Base):
    """That an exemption was taken back, how many records it recalled, and why.

    The database writes it, in the transaction that withdraws; `at` is that transaction's time,
    which the recalls carry too. The reason is added once, by whoever withdrew.
    """

    __tablename__ = "withdrawal"
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    exemption_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, unique=True)
    actor: Mapped[str] = operational(String(80), nullable=False)
    at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    records: Mapped[int] = operational(BigInteger, nullable=False, server_default="0")
    reason_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)


class KeptBack(Base):
    """One record that an officer keeps back although a standing approval covers its kind.

    The wall turns its exemption off, now and on every later write, until another person lifts
    it. `subject_id` is what the record is about, so that a record made anew stays back too.
    """

    __tablename__ = "kept_back"
    __table_args__ = (
        CheckConstraint("lifted_by is distinct from kept_by", name="other_person_lifts"),
        {"schema": "compliance"},
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = operational(String(40), nullable=False)
    record_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    subject_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, index=True)
    kept_by: Mapped[str] = operational(String(80), nullable=False)
    kept_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    lifted_by: Mapped[str | None] = operational(String(80), nullable=True)
    lifted_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    reason_sealed: Mapped[bytes | None] = sealed()
    lifted_reason_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)
    lifted_reason = SealedText(max_chars=1000)


class Incident(Base):
    """Something the officer has to look at: what it is about, never what was found."""

    __tablename__ = "incident"
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    code: Mapped[str] = operational(String(40), nullable=False)
    subject_kind: Mapped[str] = operational(String(40), nullable=False)
    subject_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    opened_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    closed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    closed_by: Mapped[str | None] = operational(String(80), nullable=True)
    assigned_to: Mapped[str | None] = operational(String(80), nullable=True)
    cause: Mapped[str | None] = operational(String(40), nullable=True)
    note_sealed: Mapped[bytes | None] = sealed()

    note = SealedText(max_chars=2000)


class IncidentEvent(Base):
    """One step in the life of an incident; none is ever changed or removed."""

    __tablename__ = "incident_event"
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    incident_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.incident.id"), nullable=False, index=True
    )
    at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    )
    actor: Mapped[str] = operational(String(80), nullable=False)
    act: Mapped[str] = operational(String(16), nullable=False)
    assignee: Mapped[str | None] = operational(String(80), nullable=True)
    cause: Mapped[str | None] = operational(String(40), nullable=True)
    said_sealed: Mapped[bytes | None] = sealed()

    said = SealedText(max_chars=2000)


class HeldRecord(Base):
    """A record that screening held: waiting, cleared by an officer, or kept here."""

    __tablename__ = "held_record"
    __table_args__ = (
        UniqueConstraint("kind", "record_id", "version"),
        CheckConstraint(
            "jsonb_typeof(hits) = 'array' and octet_length(hits::text) <= 65536",
            name="hits_bounded",
        ),
        {"schema": "compliance"},
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = operational(String(40), nullable=False)
    record_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    version: Mapped[int] = operational(BigInteger, nullable=False)
    rule: Mapped[str] = operational(String(60), nullable=False)
    """The strictest of the hits: how many people must clear the text is decided by all of them."""
    place: Mapped[str | None] = operational(String(60), nullable=True)
    hits: Mapped[list[dict[str, str]]] = operational(
        JSONB, nullable=False, server_default=text("'[]'::jsonb"), default=list
    )
    """Every rule that matched and the field it matched in; a hold made before 0040 has none."""
    digest: Mapped[bytes | None] = operational(LargeBinary(32), nullable=True)
    """SHA-256 of the text as it waited to leave, worked out by the database: a clearance is for it."""
    held_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    outcome: Mapped[str] = operational(
        String(8), nullable=False, server_default="waiting", default="waiting"
    )  # waiting, cleared, kept
    proposed_by: Mapped[str | None] = operational(String(80), nullable=True)
    proposed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    reason_sealed: Mapped[bytes | None] = sealed()
    second_reason_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)
    second_reason = SealedText(max_chars=1000)

    @property
    def rules(self) -> list[str]:
        """Every rule that matched, the strictest first."""
        return list(dict.fromkeys([self.rule, *(hit["rule"] for hit in self.hits)]))


class CanarySweep(Base):
    """One search for invented clients outside the wall: where it looked, and what it counted."""

    __tablename__ = "canary_sweep"
    __table_args__ = (
        CheckConstraint("octet_length(places::text) <= 65536", name="bounded"),
        {"schema": "compliance"},
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    started_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    finished_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    recorded_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    recorded_by: Mapped[str] = operational(String(80), nullable=False)
    tokens: Mapped[int] = operational(Integer, nullable=False)
    places: Mapped[dict[str, Any]] = operational(JSONB, nullable=False)
    findings: Mapped[int] = operational(Integer, nullable=False)
