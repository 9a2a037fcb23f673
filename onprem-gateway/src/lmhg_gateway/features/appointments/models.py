"""Tables of appointments. IntakeQ owns time, status and clinician; local notes are ours."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, String, Uuid, func
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access


class Appointment(LocalRecord, Base):
    """A client's appointment, as IntakeQ last told it."""

    __tablename__ = "appointment"
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """With the indexes of the day list, and of how fresh it is."""
        return (
            *super().constraints(),
            Index("ix_appointment_starts_at", "starts_at"),
            Index("ix_appointment_seen_at", "seen_at"),
        )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    clinician_id: Mapped[uuid.UUID | None] = phi(Uuid, nullable=True, index=True)
    starts_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    ends_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    status: Mapped[str] = phi(String(24), nullable=False)
    changed_ms: Mapped[int] = operational(BigInteger, nullable=False, server_default="0")
    seen_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    service_sealed: Mapped[bytes | None] = sealed()
    place_sealed: Mapped[bytes | None] = sealed()
    local_note_sealed: Mapped[bytes | None] = sealed()

    service = SealedText(max_chars=200)
    place = SealedText(max_chars=200)
    local_note = SealedText(max_chars=2000)
