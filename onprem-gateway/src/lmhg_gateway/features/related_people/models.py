"""Tables of the people around a client, what they are found by, and the notice of privacy practices."""

import uuid
from datetime import date, datetime

from sqlalchemy import Boolean, Date, DateTime, ForeignKey, Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.row_rules import RowRules

LINE_MAX, TEXT_MAX = 200, 1000


class RelatedPerson(LocalRecord, Base):
    """A guardian or emergency contact of a client: how to reach them, and what they may decide and know."""

    __tablename__ = "related_person"
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        begins={"ended_at": "null"},
        together=(("ended_at", "ended_by"),),
        names_actor=("ended_by",),
    )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    role: Mapped[str] = phi(String(16), nullable=False)
    consents: Mapped[str] = phi(String(12), nullable=False)
    is_emergency: Mapped[bool] = phi(Boolean, nullable=False, server_default="false")
    may_know: Mapped[bool] = phi(Boolean, nullable=False, server_default="false")
    may_voicemail: Mapped[bool | None] = phi(Boolean, nullable=True)
    may_text: Mapped[bool | None] = phi(Boolean, nullable=True)
    may_email: Mapped[bool | None] = phi(Boolean, nullable=True)
    document_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.document.id"), nullable=True
    )
    ended_by: Mapped[str | None] = operational(String(80), nullable=True)
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    name_sealed: Mapped[bytes | None] = sealed()
    phone_sealed: Mapped[bytes | None] = sealed()
    email_sealed: Mapped[bytes | None] = sealed()
    limits_sealed: Mapped[bytes | None] = sealed()

    name = SealedText(max_chars=LINE_MAX)
    phone = SealedText(max_chars=40)
    email = SealedText(max_chars=LINE_MAX)
    limits = SealedText(max_chars=TEXT_MAX)


class RelatedToken(Base):
    """A blind-index token of such a person: searchable without opening anything."""

    __tablename__ = "related_token"
    __table_args__ = (
        Index("ix_related_token_token_person_id", "token", "person_id"),
        {"schema": "practice"},
    )
    __access__ = access(gw_workspace=ALL)

    person_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.related_person.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[bytes] = operational(LargeBinary(8), primary_key=True)


class PrivacyNotice(LocalRecord, Base):
    """That a client got the notice of privacy practices, or why that could not be confirmed."""

    __tablename__ = "privacy_notice"
    __disposal__ = Goes(last_at="r.created_at")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("outcome", "day", "recorded_by", "note_sealed"), by_actor=("recorded_by",)
    )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    outcome: Mapped[str] = phi(String(16), nullable=False)
    day: Mapped[date] = phi(Date, nullable=False)
    recorded_by: Mapped[str] = operational(String(80), nullable=False)
    note_sealed: Mapped[bytes | None] = sealed()

    note = SealedText(max_chars=TEXT_MAX)
