"""Tables of appointments. IntakeQ owns time, status and clinician; local notes are ours."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, String, Uuid, func
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules


class Appointment(LocalRecord, Base):
    """A client's appointment, as IntakeQ last told it."""

    __tablename__ = "appointment"
    __disposal__ = Goes(
        last_at="r.ends_at", is_visit=True, moves_when="session_user = 'gw_worker'"
    )  # IntakeQ says whose it is
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


class VisitDesk(LocalRecord, Base):
    """What the desk says of an appointment: how far it is, where the client is, whether it was canceled here.

    It is ours alone: what IntakeQ sends is never written here.
    """

    __tablename__ = "visit_desk"
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(fixed=("appointment_id",), names_actor=("cancel_asked_by",))

    appointment_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.appointment.id"), nullable=False, unique=True
    )
    said_of: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    """When the visit was to begin when this was said: of another time nothing is said."""
    state: Mapped[str | None] = phi(String(20), nullable=True)
    """How far the visit is, as the desk last said; nothing while it said nothing."""
    client_state: Mapped[str | None] = phi(String(2), nullable=True)
    """The state in which the client sits during this visit: there the clinician needs a license."""
    followed_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    """When someone saw to a missed visit."""
    cancel_asked_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    cancel_asked_by: Mapped[str | None] = operational(String(80), nullable=True)
    cancel_reason: Mapped[str | None] = phi(String(20), nullable=True)


class VisitStep(LocalRecord, Base):
    """One step of a visit on the day board, by whom and when, and whether it was taken back."""

    __tablename__ = "visit_step"
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("appointment_id", "from_state", "to_state", "stepped_by", "stepped_at"),
        by_actor=("stepped_by",),
        over_when="old.undone_at is not null",
    )

    appointment_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.appointment.id"), nullable=False, index=True
    )
    from_state: Mapped[str | None] = phi(String(20), nullable=True)
    to_state: Mapped[str] = phi(String(20), nullable=False)
    stepped_by: Mapped[str] = operational(String(80), nullable=False)
    stepped_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    undone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
