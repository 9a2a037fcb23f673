"""Tables of risk answers: the practice's rules, who is on call when, and each answer that was found."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    SmallInteger,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.row_rules import RowRules

NAME_MAX, QUESTION_MAX, OUTCOME_MAX = 80, 80, 1000


class RiskRule(Base):
    """One answer that must be seen at once: a question by its id, and what its answer must not be."""

    __tablename__ = "risk_rule"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace=ALL)

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    name: Mapped[str] = operational(String(NAME_MAX), nullable=False)
    question_id: Mapped[str] = operational(String(QUESTION_MAX), nullable=False)
    row: Mapped[str] = operational(String(200), nullable=False, server_default="", default="")
    """The row of a table of questions, by its text; empty for a question that is no table."""
    at_least: Mapped[int | None] = operational(SmallInteger, nullable=True)
    says: Mapped[str] = operational(String(200), nullable=False, server_default="", default="")
    """Words in the answer, where it is no number."""
    minutes: Mapped[int] = operational(SmallInteger, nullable=False, server_default="10")
    """How long the person who is told has, before the next one is told too."""


class OnCall(Base):
    """Who is told of a risk answer besides whose turn it is, in this order."""

    __tablename__ = "on_call"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace=ALL)

    position: Mapped[int] = operational(SmallInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)


class OnCallTurn(Base):
    """From which day until which day someone is on call: told first. No two turns share a day."""

    __tablename__ = "on_call_turn"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="last_after_first"),
        ExcludeConstraint(
            (func.daterange(text("first_on"), text("last_on"), text("'[]'")), "&&"),
            name="ex_on_call_turn_days",
            using="gist",
            where=text("removed_at is null"),
        ),
        {"schema": "practice"},
    )
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("first_on", "last_on", "person_id", "set_by"),
        begins={"removed_at": "null"},
        by_actor=("set_by",),
        together=(("removed_at", "removed_by"),),
        names_actor=("removed_by",),
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    first_on: Mapped[date] = operational(Date, nullable=False)
    last_on: Mapped[date] = operational(Date, nullable=False)
    person_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    set_by: Mapped[str] = operational(String(80), nullable=False)
    removed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    removed_by: Mapped[str | None] = operational(String(80), nullable=True)


class RiskAnswer(LocalRecord, Base):
    """One form with answers that a rule names: what they say, who read it when, and what was done."""

    __tablename__ = "risk_answer"
    __disposal__ = Goes(last_at="r.found_at")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, update")
    __row_rules__ = RowRules(
        fixed=("intake_id", "found_at"),
        names_actor=("read_by", "closed_by"),
        # Two records of one person may become one: then it goes along, whether it is closed or not.
        over_when="old.closed_at is not null and new.client_id = old.client_id",
    )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    intake_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.intake.id"), nullable=False, index=True
    )
    said_sealed: Mapped[bytes | None] = sealed(max_bytes=131_072)
    found_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False, index=True)
    minutes: Mapped[int] = operational(SmallInteger, nullable=False)
    told: Mapped[int] = operational(SmallInteger, nullable=False, server_default="0", default=0)
    """How many people were told so far."""
    tell_at: Mapped[datetime | None] = operational(
        DateTime(timezone=True), nullable=True, index=True
    )
    """When the next one is told; empty once someone has read it."""
    read_by: Mapped[str | None] = operational(String(80), nullable=True)
    read_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    closed_by: Mapped[str | None] = operational(String(80), nullable=True)
    closed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    outcome_sealed: Mapped[bytes | None] = sealed()

    said = SealedText(max_chars=60_000)  # JSON: rule, question and answer of each
    outcome = SealedText(max_chars=OUTCOME_MAX)
