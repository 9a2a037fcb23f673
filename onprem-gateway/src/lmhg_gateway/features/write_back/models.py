"""What staff asked to be changed in IntakeQ, and what became of it."""

import uuid
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules


class IntakeqChange(LocalRecord, Base):
    """One change that someone asked for.

    `was_called` says that a call may have reached IntakeQ: from then on it looks before it asks again.
    """

    __tablename__ = "intakeq_change"
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("act", "subject_id", "asked_by", "asked_at"),
        by_actor=("asked_by",),
        # Two records of one person may become one: then it goes along, whatever became of it.
        over_when="old.state in ('done', 'taken_back') and new.client_id = old.client_id",
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One change of one thing waits at a time."""
        waits = text("state = 'waiting'")
        return (
            *super().constraints(),
            CheckConstraint("act in ('client', 'book', 'move', 'cancel')", name="act_known"),
            CheckConstraint(
                "state in ('waiting', 'done', 'held', 'taken_back')", name="state_known"
            ),
            Index(
                "uq_intakeq_change_waits", "act", "subject_id", unique=True, postgresql_where=waits
            ),
            Index("ix_intakeq_change_asked_at", "asked_at", "id"),
        )

    act: Mapped[str] = operational(String(10), nullable=False)
    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    subject_id: Mapped[uuid.UUID] = phi(Uuid, nullable=False)
    """The client, or the appointment."""
    state: Mapped[str] = operational(
        String(10), nullable=False, server_default="waiting", default="waiting"
    )
    was_called: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="false", default=False
    )
    attempts: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    code: Mapped[str | None] = operational(String(60), nullable=True)
    asked_by: Mapped[str] = operational(String(80), nullable=False)
    asked_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    due_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    unwanted_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """Since when nobody wants it any more: it is not sent, unless a call was under way."""
    done_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    order_sealed: Mapped[bytes | None] = sealed()

    order = SealedText(max_chars=4_000)  # JSON: what was asked for
