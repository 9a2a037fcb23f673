"""Tables of retention: the schedule, legal holds, and batches of records that are disposed of."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes, Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.bounds import MAX
from lmhg_kit.persistence.row_rules import TWO_PERSONS, Refusal, RowRules

WHY_MAX, CODE_MAX, YEARS_MAX, LAW_YEARS = 400, 24, 100, 6
CERTIFICATE_MAX_BYTES = 262_144
"""A batch of as many records as it may have, each with its hash, needs a tenth of it."""
STANDS = Refusal("disposal_stands", "LM080")
BY_LAW = ("ledgers", "disclosures", "hipaa_papers")
_LAW = ", ".join(f"'{code}'" for code in BY_LAW)
_AT_LEAST = f"code not in ({_LAW}) or years >= {LAW_YEARS}"
_BOUNDED = f"years between 1 and {YEARS_MAX}"


class RetentionYears(Base):
    """For how many years the practice keeps what one line is about. The wall writes it; nobody else can."""

    __tablename__ = "retention_years"
    __table_args__: Any = (
        CheckConstraint(_AT_LEAST, name="law_at_least"),
        CheckConstraint(_BOUNDED, name="years_known"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select", gw_workspace="select")

    code: Mapped[str] = operational(String(CODE_MAX), primary_key=True)
    years: Mapped[int] = operational(SmallInteger, nullable=False)


class RetentionChange(Base):
    """Someone asks for other years of a line; someone else decides."""

    __tablename__ = "retention_change"
    __table_args__: Any = (
        CheckConstraint(_AT_LEAST, name="law_at_least"),
        CheckConstraint(_BOUNDED, name="years_known"),
        CheckConstraint(
            "outcome in ('open', 'approved', 'declined', 'dropped')", name="outcome_known"
        ),
        CheckConstraint("outcome <> 'approved' or decided_by <> asked_by", name="second_person"),
        Index(
            "uq_retention_change_open",
            "code",
            unique=True,
            postgresql_where=text("outcome = 'open'"),
        ),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=TWO_PERSONS,
        fixed=("code", "years", "asked_by", "asked_at", "why_sealed"),
        begins={"outcome": "'open'", "decided_by": "null"},
        by_actor=("asked_by",),
        over_when="old.outcome <> 'open'",
        together=(("decided_by", "decided_at"),),
        names_actor=("decided_by",),
    )
    __disposal__ = Stays("It is about the practice's own rules.")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    code: Mapped[str] = operational(String(CODE_MAX), nullable=False)
    years: Mapped[int] = operational(SmallInteger, nullable=False)
    asked_by: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    asked_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    outcome: Mapped[str] = operational(
        String(12), nullable=False, server_default="open", default="open"
    )
    decided_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    why_sealed: Mapped[bytes | None] = sealed()

    why = SealedText(max_chars=WHY_MAX)


class LegalHold(LocalRecord, Base):
    """While it lasts nothing of a client is disposed of or deleted; without a client, nothing at all."""

    __tablename__ = "legal_hold"
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=Refusal("legal_hold_stands", "LM082"),
        fixed=("referral_id", "placed_by", "placed_at", "why_sealed"),
        begins={"lifted_at": "null"},
        by_actor=("placed_by",),
        over_when="(old.lifted_at is not null and new.client_id is not distinct from old.client_id)"
        " or (old.client_id is null) <> (new.client_id is null)",
        made_by_power=("gw_workspace", "gw_worker"),
        changed_by_power=("gw_workspace", "gw_worker"),
        but_by_anyone=("client_id",),  # a merge takes it along, and nothing else does
        together=(("lifted_at", "lifted_by"),),
        names_actor=("lifted_by",),
    )
    __disposal__ = Goes(held_by="r.lifted_at is null")

    client_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=True, index=True
    )
    referral_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=True, index=True
    )
    placed_by: Mapped[str] = operational(String(80), nullable=False)
    placed_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    lifted_by: Mapped[str | None] = operational(String(80), nullable=True)
    lifted_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    why_sealed: Mapped[bytes | None] = sealed()

    why = SealedText(max_chars=WHY_MAX)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """A referral has a client."""
        whose = "referral_id is null or client_id is not null"
        return (*super().constraints(), CheckConstraint(whose, name="referral_of_client"))


class DisposalBatch(Base):
    """One batch: proposed by the system, asked for by one person, approved by another, carried out once."""

    __tablename__ = "disposal_batch"
    __table_args__: Any = (
        CheckConstraint(
            "state in ('proposed', 'asked', 'approved', 'done', 'declined', 'dropped')",
            name="state_known",
        ),
        CheckConstraint(
            "state not in ('approved', 'done') or (asked_by is not null and decided_by is not null"
            " and asked_by <> decided_by)",
            name="two_persons",
        ),
        Index(
            "uq_disposal_batch_one",
            text("(true)"),
            unique=True,
            postgresql_where=text("state in ('proposed', 'asked', 'approved')"),
        ),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=STANDS,
        fixed=("proposed_at", "proposed_by", "salt", "messages_before"),
        begins={"state": "'proposed'"},
    )
    __disposal__ = Stays("It says what was disposed of, without any client's data.")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    state: Mapped[str] = operational(String(12), nullable=False, server_default="proposed")
    salt: Mapped[str] = operational(String(64), nullable=False)
    messages_before: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """Messages of IntakeQ that came before this go too."""
    proposed_by: Mapped[str] = operational(String(80), nullable=False)
    proposed_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    asked_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    asked_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    asked_name: Mapped[str | None] = operational(String(120), nullable=True)
    decided_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    decided_name: Mapped[str | None] = operational(String(120), nullable=True)
    done_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    why_sealed: Mapped[bytes | None] = sealed()

    why = SealedText(max_chars=WHY_MAX)


class DisposalItem(Base):
    """One record of a batch. Once its rows are gone, in this batch or a later one, it is a salted hash of its id."""

    __tablename__ = "disposal_item"
    __table_args__: Any = (
        CheckConstraint(
            "state in ('listed', 'left_out', 'held', 'changed', 'rows_gone', 'done')",
            name="state_known",
        ),
        CheckConstraint("(client_id is null) = (digest is not null)", name="named_until_gone"),
        CheckConstraint(
            "digest is not null or state not in ('rows_gone', 'done')", name="gone_is_hashed"
        ),
        UniqueConstraint("batch_id", "client_id"),
        {"schema": "compliance"},
    )
    __access__ = access(
        gw_worker="select, insert",
        gw_workspace="select, insert, update (state, left_out_why, left_out_by, left_out_at)",
    )
    __disposal__ = Stays("Once a record is gone it says a salted hash in place of whose it was.")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    batch_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.disposal_batch.id"), nullable=False, index=True
    )
    client_id: Mapped[uuid.UUID | None] = phi(Uuid, nullable=True, index=True)
    line: Mapped[str] = operational(String(CODE_MAX), nullable=False)
    years: Mapped[int] = operational(SmallInteger, nullable=False)
    last_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    """When something was last done with the person, as it was proposed."""
    due_on: Mapped[date | None] = phi(Date, nullable=True)
    from_birthday: Mapped[bool | None] = phi(Boolean, nullable=True)
    """Whether the clock started on the 18th birthday."""
    state: Mapped[str] = operational(String(12), nullable=False, server_default="listed")
    left_out_why: Mapped[str | None] = operational(String(20), nullable=True)
    left_out_by: Mapped[str | None] = operational(String(80), nullable=True)
    left_out_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    digest: Mapped[str | None] = operational(String(64), nullable=True)
    doing: Mapped[int | None] = operational(BigInteger, nullable=True)
    """The transaction that takes its rows away, as long as it runs."""


class DisposalCount(Base):
    """How many rows of one table a batch took away."""

    __tablename__ = "disposal_count"
    __table_args__: Any = ({"schema": "compliance"},)
    __access__ = access(gw_worker="select", gw_workspace="select")
    __disposal__ = Stays("It has numbers alone.")

    batch_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.disposal_batch.id"), primary_key=True
    )
    kind: Mapped[str] = operational(String(40), primary_key=True)
    rows: Mapped[int] = operational(Integer, nullable=False)


class DisposalCertificate(Base):
    """The certificate of a batch that is done, byte for byte: no later disposal and no newer version changes it."""

    __tablename__ = "disposal_certificate"
    __table_args__: Any = (
        CheckConstraint("sha256 = encode(sha256(body), 'hex')", name="hash_of_body"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select, insert", gw_workspace="select")
    __row_rules__ = RowRules(is_final=True)
    __disposal__ = Stays("It has numbers and salted hashes, and no one's data.")

    batch_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.disposal_batch.id"), primary_key=True
    )
    sha256: Mapped[str] = operational(String(64), nullable=False)
    body: Mapped[Any] = operational(LargeBinary, nullable=False, info={MAX: CERTIFICATE_MAX_BYTES})


class DisposalObject(Base):
    """One file of a record that is gone: its object and its upload, until they are gone too."""

    __tablename__ = "disposal_object"
    __table_args__: Any = ({"schema": "compliance"},)
    __access__ = access(gw_worker="select, update (gone_at)", gw_workspace="select")
    __disposal__ = Stays("It says which files are still to be removed, by numbers alone.")

    object_id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    item_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.disposal_item.id"), nullable=False, index=True
    )
    upload_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    gone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class StoreSweep(Base):
    """One look through the document store for files that belong to nothing: how many there are, and how many went."""

    __tablename__ = "store_sweep"
    __table_args__: Any = ({"schema": "compliance"},)
    __access__ = access(gw_worker="select, insert", gw_workspace="select")
    __row_rules__ = RowRules(is_final=True)
    __disposal__ = Stays("It has numbers alone.")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    swept_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now(), index=True
    )
    objects: Mapped[int] = operational(Integer, nullable=False)
    """How many the store has."""
    strays: Mapped[int] = operational(Integer, nullable=False)
    """How many of them no row names."""
    removed: Mapped[int] = operational(Integer, nullable=False)
    unknown: Mapped[int] = operational(Integer, nullable=False)
    """How many have names that are none of ours: they are left alone."""
