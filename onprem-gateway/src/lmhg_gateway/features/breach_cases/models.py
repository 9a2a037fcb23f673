"""Tables of breach cases: the assessment of an incident by four factors, its decision, and who was told."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Integer, String, Uuid, func
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import TWO_PERSONS, RowRules

TEXT_MAX, PEOPLE_MAX = 2000, 1_000_000


class BreachCase(Base):
    """Whether an incident is a breach (45 CFR 164.402): four factors, a decision, and who agreed to it."""

    __tablename__ = "breach_case"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = (
        CheckConstraint("confirmed_by is null or confirmed_by <> decided_by", name="two_persons"),
        CheckConstraint("decision is null or assessed_at is not null", name="assessed_first"),
        CheckConstraint("confirmed_at is null or decided_at is not null", name="decided_first"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=TWO_PERSONS,
        fixed=("incident_id", "opened_by", "opened_at"),
        begins={"decision": "null", "confirmed_at": "null", "assessed_at": "null"},
        by_actor=("opened_by",),
        made_by_power=("gw_workspace",),
        changed_by_power=("gw_workspace", "gw_worker"),
        together=(
            ("assessed_at", "assessed_by"),
            ("decided_at", "decided_by"),
            ("decided_at", "decision"),
            ("confirmed_at", "confirmed_by"),
        ),
        names_actor=("assessed_by", "decided_by", "confirmed_by"),
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    incident_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.incident.id"), nullable=False, unique=True
    )
    discovered_on: Mapped[date] = operational(Date, nullable=False)
    people: Mapped[int | None] = operational(Integer, nullable=True)
    """How many people it is about, as far as the practice knows."""
    opened_by: Mapped[str] = operational(String(80), nullable=False)
    opened_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    nature_level: Mapped[str | None] = operational(String(8), nullable=True)
    recipient_level: Mapped[str | None] = operational(String(8), nullable=True)
    viewed_level: Mapped[str | None] = operational(String(8), nullable=True)
    mitigated_level: Mapped[str | None] = operational(String(8), nullable=True)
    nature_sealed: Mapped[bytes | None] = sealed()
    recipient_sealed: Mapped[bytes | None] = sealed()
    viewed_sealed: Mapped[bytes | None] = sealed()
    mitigated_sealed: Mapped[bytes | None] = sealed()
    assessed_by: Mapped[str | None] = operational(String(80), nullable=True)
    assessed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    decision: Mapped[str | None] = operational(String(8), nullable=True)
    why_sealed: Mapped[bytes | None] = sealed()
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    confirmed_by: Mapped[str | None] = operational(String(80), nullable=True)
    confirmed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)

    nature = SealedText(max_chars=TEXT_MAX)
    recipient = SealedText(max_chars=TEXT_MAX)
    viewed = SealedText(max_chars=TEXT_MAX)
    mitigated = SealedText(max_chars=TEXT_MAX)
    why = SealedText(max_chars=TEXT_MAX)


class BreachNotice(Base):
    """Who was told of a breach, and when."""

    __tablename__ = "breach_notice"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("case_id", "who", "told_on", "noted_by", "noted_at"),
        begins={"undone_at": "null"},
        by_actor=("noted_by",),
        made_by_power=("gw_workspace",),
        changed_by_power=("gw_workspace", "gw_worker"),
        together=(("undone_at", "undone_by"),),
        names_actor=("undone_by",),
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    case_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.breach_case.id"), nullable=False, index=True
    )
    who: Mapped[str] = operational(String(12), nullable=False)
    told_on: Mapped[date] = phi(Date, nullable=False)
    how_sealed: Mapped[bytes | None] = sealed()
    noted_by: Mapped[str] = operational(String(80), nullable=False)
    noted_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    undone_by: Mapped[str | None] = operational(String(80), nullable=True)
    undone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)

    how = SealedText(max_chars=TEXT_MAX)
