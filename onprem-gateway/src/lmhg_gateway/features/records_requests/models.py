"""Tables of requests: what someone asks for by their rights, each step of it, and what was handed over."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
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

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules

LINE_MAX, TEXT_MAX = 200, 2000


class RecordsRequest(LocalRecord, Base):
    """One request of a person, or of someone for them, and how it ended.

    Source: 45 CFR 164.522, 164.524, 164.526.
    """

    __tablename__ = "records_request"
    __disposal__ = Goes(last_at="coalesce(r.closed_at, r.created_at)")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=Refusal("request_stands", "LM070"),
        fixed=("kind", "received_on", "taken_by"),
        begins={"extended_at": "null", "closed_at": "null", "ended_at": "null"},
        by_actor=("taken_by",),
        over_when="(old.extended_at is not null and new.extended_at is distinct from old.extended_at)",
        together=(
            ("extended_at", "extended_by"),
            ("closed_at", "closed_by"),
            ("closed_at", "outcome"),
            ("ended_at", "ended_by"),
            ("checked_at", "checked_by"),
        ),
        names_actor=("extended_by", "closed_by", "ended_by", "checked_by"),
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """With the index of what is open, and of what is agreed and lasts."""
        return (
            *super().constraints(),
            CheckConstraint("fee_cents between 0 and 1000000", name="fee_bounded"),
            CheckConstraint(
                "ended_at is null or closed_at is not null", name="ended_once_answered"
            ),
            Index("ix_records_request_open", "due_on", postgresql_where=text("closed_at is null")),
        )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    kind: Mapped[str] = phi(String(16), nullable=False)
    asked_by: Mapped[str] = phi(String(24), nullable=False)
    purpose: Mapped[str] = phi(String(24), nullable=False)
    form: Mapped[str] = phi(String(16), nullable=False)
    received_on: Mapped[date] = phi(Date, nullable=False)
    due_on: Mapped[date] = phi(Date, nullable=False)
    taken_by: Mapped[str] = operational(String(80), nullable=False)
    is_paid_in_full: Mapped[bool] = phi(Boolean, nullable=False, server_default="false")
    """Of a restriction: that it keeps from an insurer what the person paid for themselves."""
    checked_by: Mapped[str | None] = operational(String(80), nullable=True)
    checked_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    checked_how: Mapped[str | None] = phi(String(24), nullable=True)
    extended_by: Mapped[str | None] = operational(String(80), nullable=True)
    extended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    outcome: Mapped[str | None] = phi(String(16), nullable=True)
    denied_for: Mapped[str | None] = phi(String(24), nullable=True)
    answered_on: Mapped[date | None] = phi(Date, nullable=True)
    fee_cents: Mapped[int | None] = phi(Integer, nullable=True)
    closed_by: Mapped[str | None] = operational(String(80), nullable=True)
    closed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    ended_by: Mapped[str | None] = operational(String(80), nullable=True)
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """Of what was agreed to: when it stopped being in force."""
    asker_sealed: Mapped[bytes | None] = sealed()
    what_sealed: Mapped[bytes | None] = sealed()
    extension_why_sealed: Mapped[bytes | None] = sealed()
    decision_sealed: Mapped[bytes | None] = sealed()

    asker = SealedText(max_chars=LINE_MAX)
    what = SealedText(max_chars=TEXT_MAX)
    extension_why = SealedText(max_chars=TEXT_MAX)
    decision = SealedText(max_chars=TEXT_MAX)


class RecordsRequestStep(LocalRecord, Base):
    """One thing that was done about a request: a letter, a call, a note, an extension, an answer."""

    __tablename__ = "records_request_step"
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True, by_actor=("done_by",))

    request_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.records_request.id"), nullable=False, index=True
    )
    act: Mapped[str] = phi(String(20), nullable=False)
    day: Mapped[date] = phi(Date, nullable=False)
    done_by: Mapped[str] = operational(String(80), nullable=False)
    done_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    said_sealed: Mapped[bytes | None] = sealed()

    said = SealedText(max_chars=TEXT_MAX)


class RecordsRelease(LocalRecord, Base):
    """What was handed over for a request: to whom, what, how; the accounting has it too."""

    __tablename__ = "records_release"
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True, by_actor=("released_by",))

    request_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.records_request.id"), nullable=False, index=True
    )
    disclosure_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    """Its entry in the accounting of disclosures."""
    released_on: Mapped[date] = phi(Date, nullable=False)
    how: Mapped[str] = phi(String(16), nullable=False)
    released_by: Mapped[str] = operational(String(80), nullable=False)
    released_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    recipient_sealed: Mapped[bytes | None] = sealed()
    what_sealed: Mapped[bytes | None] = sealed()

    recipient = SealedText(max_chars=LINE_MAX)
    what = SealedText(max_chars=1000)
