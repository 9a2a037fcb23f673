"""The table of good-faith estimates: who is owed one until when, and when it was given."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules


class Estimate(LocalRecord, Base):
    """One estimate that a person who pays themselves is owed. Source: 45 CFR 149.610."""

    __tablename__ = "estimate"
    __disposal__ = Goes(last_at="r.began_at")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("began_at", "opened_by"),
        by_actor=("opened_by",),
        together=(("closed_at", "closed_by"), ("closed_at", "outcome")),
        names_actor=("closed_by",),
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """With the index of what is owed."""
        return (
            *super().constraints(),
            CheckConstraint("amount_cents between 0 and 10000000", name="amount_bounded"),
            CheckConstraint("(outcome = 'given') = (given_on is not null)", name="given_on_a_day"),
            Index("ix_estimate_owed", "due_at", postgresql_where=text("closed_at is null")),
        )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    referral_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=True, index=True
    )
    appointment_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.appointment.id"), nullable=True, index=True
    )
    why: Mapped[str] = phi(String(12), nullable=False)
    began_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    visit_on: Mapped[date | None] = phi(Date, nullable=True)
    due_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    opened_by: Mapped[str] = operational(String(80), nullable=False)
    outcome: Mapped[str | None] = phi(String(16), nullable=True)
    given_on: Mapped[date | None] = phi(Date, nullable=True)
    how: Mapped[str | None] = phi(String(16), nullable=True)
    amount_cents: Mapped[int | None] = phi(Integer, nullable=True)
    document_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.document.id"), nullable=True
    )
    closed_by: Mapped[str | None] = operational(String(80), nullable=True)
    closed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    note_sealed: Mapped[bytes | None] = sealed()

    note = SealedText(max_chars=1000)
