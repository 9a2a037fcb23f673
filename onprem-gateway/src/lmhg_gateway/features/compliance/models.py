"""Tables of the compliance officer: requests, incidents, and what a hold became."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, String, UniqueConstraint, Uuid, func
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

    reason = SealedText(max_chars=1000)


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
    note_sealed: Mapped[bytes | None] = sealed()

    note = SealedText(max_chars=2000)


class HeldRecord(Base):
    """A record that screening held: waiting, cleared by an officer, or kept here."""

    __tablename__ = "held_record"
    __table_args__ = (
        UniqueConstraint("kind", "record_id", "version"),
        {"schema": "compliance"},
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = operational(String(40), nullable=False)
    record_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    version: Mapped[int] = operational(BigInteger, nullable=False)
    rule: Mapped[str] = operational(String(60), nullable=False)
    place: Mapped[str | None] = operational(String(60), nullable=True)
    held_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    outcome: Mapped[str] = operational(
        String(8), nullable=False, server_default="waiting", default="waiting"
    )  # waiting, cleared, kept
