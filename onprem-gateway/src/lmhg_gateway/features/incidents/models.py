"""Tables of incidents: what the officer has to look at, and every step about it."""

import uuid
from datetime import datetime

from sqlalchemy import (
    DateTime,
    ForeignKey,
    String,
    Uuid,
    func,
)
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules


class Incident(Base):
    """Something the officer has to look at: what it is about, never what was found."""

    __tablename__ = "incident"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(
        fixed=("code", "subject_kind", "subject_id", "opened_at"),
        names_actor=("closed_by",),
        changed_by_power=("gw_workspace", "gw_worker"),
        together=(("closed_at", "closed_by"),),
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

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
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(is_final=True, by_actor=("actor",))
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

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
