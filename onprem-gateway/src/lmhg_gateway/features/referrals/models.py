"""Tables of referrals and of their moves."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.features.referrals.rules import OPEN_STATES
from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.bounds import MAX
from lmhg_kit.persistence.row_rules import RowRules

FIELDS_MAX = 16
"""Fields that one edit of a referral can change; there are fewer."""


class Referral(LocalRecord, Base):
    """One way a person came to the practice, and where it is."""

    __tablename__ = "referral"
    __disposal__ = Goes(last_at="r.state_at")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """With the index of clients who have an open one: few among all that there ever were."""
        open_ones = text(f"state in ({', '.join(repr(each.value) for each in OPEN_STATES)})")
        return (
            *super().constraints(),
            Index("ix_referral_open", "client_id", postgresql_where=open_ones),
        )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    source_category: Mapped[str] = phi(String(40), nullable=False)
    source_sealed: Mapped[bytes | None] = sealed()
    received_on: Mapped[date] = phi(Date, nullable=False)
    channel: Mapped[str] = phi(String(40), nullable=False)
    concern_code: Mapped[str] = phi(String(40), nullable=False)
    concern_sealed: Mapped[bytes | None] = sealed()
    urgency: Mapped[str] = phi(String(20), nullable=False, server_default="routine")
    payer: Mapped[str] = phi(String(40), nullable=False, server_default="unknown")
    may_contact: Mapped[bool] = phi(Boolean, nullable=False, server_default="false")
    may_report_back: Mapped[bool] = phi(Boolean, nullable=False, server_default="false")
    state: Mapped[str] = phi(String(20), nullable=False, server_default="received", index=True)
    state_reason: Mapped[str | None] = phi(String(40), nullable=True)
    state_at: Mapped[datetime] = phi(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    owner_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    taken_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    """Who took the call; the owner is who sees to it now."""
    arrived_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    """Since when the person waits: the day they came, however late it is recorded."""
    waits_for: Mapped[str | None] = phi(String(20), nullable=True)
    waits_since: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)

    payer_name_sealed: Mapped[bytes | None] = sealed()

    source = SealedText(max_chars=200)
    payer_name = SealedText(max_chars=200)
    concern = SealedText(max_chars=2000)


class ReferralMove(LocalRecord, Base):
    """One step of a referral along the transition table."""

    __tablename__ = "referral_move"
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert")

    referral_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=False, index=True
    )
    from_state: Mapped[str | None] = phi(String(20), nullable=True)
    to_state: Mapped[str] = phi(String(20), nullable=False)
    reason: Mapped[str | None] = phi(String(40), nullable=True)
    moved_by: Mapped[str] = operational(String(80), nullable=False)
    moved_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )


class ReferralEdit(LocalRecord, Base):
    """That someone changed what is known of a referral, and which of its fields."""

    __tablename__ = "referral_edit"
    __access__ = access(gw_worker="select, insert", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True, by_actor=("edited_by",))

    referral_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=False, index=True
    )
    fields: Mapped[list[str]] = operational(
        ARRAY(String(24)), nullable=False, info={MAX: FIELDS_MAX}
    )
    edited_by: Mapped[str] = operational(String(80), nullable=False)
    edited_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )


class CallRule(Base):
    """One of the practice's own rules for calls, where it is not the usual one."""

    __tablename__ = "call_rule"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update, delete")

    name: Mapped[str] = operational(String(24), primary_key=True)
    value: Mapped[int] = operational(SmallInteger, nullable=False)
