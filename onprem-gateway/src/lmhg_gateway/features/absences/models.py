"""Tables of absences: who is away, who covers for each client, and which rows moved with that."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, String, Uuid, func
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, LocalRecord, operational, phi
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules


class Absence(Base):
    """That a colleague is away from a day until a day, or leaves for good."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("(reason = 'leaving') = (last_on is null)", name="leaving_has_no_end"),
        CheckConstraint("last_on >= first_on", name="last_after_first"),
        {"schema": "practice"},
    )
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("person_id", "reason", "first_on", "noted_by", "noted_at"),
        begins={"canceled_at": "null"},
        by_actor=("noted_by",),
        together=(("canceled_at", "canceled_by"),),
        names_actor=("canceled_by",),
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    reason: Mapped[str] = operational(String(16), nullable=False)
    first_on: Mapped[date] = operational(Date, nullable=False)
    last_on: Mapped[date | None] = operational(Date, nullable=True)
    noted_by: Mapped[str] = operational(String(80), nullable=False)
    noted_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    canceled_by: Mapped[str | None] = operational(String(80), nullable=True)
    canceled_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class AbsenceCover(LocalRecord, Base):
    """Who covers for one client during an absence; the newest that was not undone counts."""

    __tablename__ = "absence_cover"
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("absence_id", "cover_id", "act_id", "set_by", "set_at"),
        by_actor=("set_by",),
        together=(("undone_at", "undone_by"),),
        names_actor=("undone_by",),
    )

    absence_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.absence.id"), nullable=False, index=True
    )
    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    cover_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    act_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    """What was said in one go, and is undone in one go."""
    set_by: Mapped[str] = operational(String(80), nullable=False)
    set_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    undone_by: Mapped[str | None] = operational(String(80), nullable=True)
    undone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class AbsenceMove(Base):
    """One row of a feature that went from one colleague to another when the first one left."""

    __tablename__ = "absence_move"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True)

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    cover_row_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.absence_cover.id"), nullable=False, index=True
    )
    kind: Mapped[str] = operational(String(24), nullable=False)
    subject_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    from_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    to_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
