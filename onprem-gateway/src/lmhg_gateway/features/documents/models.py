"""Tables of documents: what each is and belongs to, its versions, holds on it, and what was done."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules


class Document(LocalRecord, Base):
    """One document of a client, or of one of their referrals; its bytes are in its versions."""

    __tablename__ = "document"
    __disposal__ = Goes(last_at="r.created_at", keeps_until="r.retain_until")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=Refusal("document_stands", "LM041"),
        fixed=("referral_id",),
        begins={"deleted_at": "null", "removed_at": "null"},
        over_when="(old.removed_at is not null and new.client_id = old.client_id)",
        together=(("deleted_at", "deleted_by"),),
        names_actor=("deleted_by",),
    )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    referral_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=True, index=True
    )
    label: Mapped[str] = phi(String(40), nullable=False)
    name_sealed: Mapped[bytes | None] = sealed()
    retain_until: Mapped[date | None] = operational(Date, nullable=True)
    deleted_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    deleted_by: Mapped[str | None] = operational(String(80), nullable=True)
    deleted_why: Mapped[str | None] = operational(String(40), nullable=True)
    removed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)

    name = SealedText(max_chars=120)


class DocumentVersion(LocalRecord, Base):
    """One file of a document. Its object's name is the version's id; its key is sealed here."""

    __tablename__ = "document_version"
    __disposal__ = Goes(
        stored_as="r.id",
        stored_while="not r.is_gone and r.state <> 'refused'",
        sent_as="r.upload_id",
    )
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert")
    __row_rules__ = RowRules(
        refusal=Refusal("document_stands", "LM041"),
        fixed=("document_id", "number", "upload_id", "added_by", "added_at"),
        begins={"state": "'checking'"},
        by_actor=("added_by",),
    )

    document_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.document.id"), nullable=False, index=True
    )
    number: Mapped[int] = operational(Integer, nullable=False)
    upload_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, unique=True)
    state: Mapped[str] = operational(
        String(16), nullable=False, server_default="checking", index=True
    )
    refused_why: Mapped[str | None] = operational(String(40), nullable=True)
    kind: Mapped[str] = phi(String(16), nullable=False)
    size: Mapped[int | None] = operational(BigInteger, nullable=True)
    is_gone: Mapped[bool] = operational(Boolean, nullable=False, server_default="false")
    was_redrawn: Mapped[bool] = operational(Boolean, nullable=False, server_default="false")
    added_by: Mapped[str] = operational(String(80), nullable=False)
    added_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    stored_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    file_name_sealed: Mapped[bytes | None] = sealed()
    digest_sealed: Mapped[bytes | None] = sealed()
    data_key_sealed: Mapped[bytes | None] = sealed()

    file_name = SealedText(max_chars=200)
    digest = SealedText(max_chars=64)
    data_key = SealedText(max_chars=64)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """Versions are numbered, each number once."""
        return (
            *super().constraints(),
            UniqueConstraint("document_id", "number"),
            CheckConstraint("number between 1 and 200", name="number_bounded"),
        )


class DocumentHold(LocalRecord, Base):
    """A legal hold: while it lasts nobody deletes the document, and its files stay."""

    __tablename__ = "document_hold"
    __disposal__ = Goes(held_by="r.lifted_at is null")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=Refusal("document_hold_stands", "LM042"),
        fixed=("document_id", "placed_by", "placed_at", "why_sealed"),
        begins={"lifted_at": "null"},
        by_actor=("placed_by",),
        made_by_power=("gw_workspace", "gw_worker"),
        changed_by_power=("gw_workspace", "gw_worker"),
        over_when="old.lifted_at is not null",
        together=(("lifted_at", "lifted_by"),),
        names_actor=("lifted_by",),
    )

    document_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.document.id"), nullable=False, index=True
    )
    placed_by: Mapped[str] = operational(String(80), nullable=False)
    placed_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    lifted_by: Mapped[str | None] = operational(String(80), nullable=True)
    lifted_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    why_sealed: Mapped[bytes | None] = sealed()

    why = SealedText(max_chars=400)


class DocumentStep(LocalRecord, Base):
    """One thing that was done with a document."""

    __tablename__ = "document_step"
    __access__ = access(gw_worker="select, insert", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True, by_actor=("done_by",))

    document_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.document.id"), nullable=False, index=True
    )
    act: Mapped[str] = operational(String(20), nullable=False)
    version_number: Mapped[int | None] = operational(Integer, nullable=True)
    done_by: Mapped[str] = operational(String(80), nullable=False)
    done_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    why: Mapped[str | None] = operational(String(40), nullable=True)
