"""Tables of review: rows to find ledger entries by, their counts, checks, and saved views.

The rows and counts are derived from the ledgers by functions of the database, which alone may
write them; what a page shows of an entry is always the entry's own bytes.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational
from lmhg_kit.persistence.access import access


class LedgerRow(Base):
    """What an entry of the relay ledger is found by."""

    __tablename__ = "ledger_row"
    __table_args__ = (
        Index(
            "ix_ledger_row_record", "record_id", "n", postgresql_where=text("record_id is not null")
        ),
        Index("ix_ledger_row_batch", "batch", "n", postgresql_where=text("batch is not null")),
        Index("ix_ledger_row_decision", "decision", "n"),
        Index("ix_ledger_row_reason", "reason", "n", postgresql_where=text("reason is not null")),
        Index("ix_ledger_row_kind", "kind", "n"),
        Index(
            "ix_ledger_row_exemption",
            "exemption_id",
            "n",
            postgresql_where=text("exemption_id is not null"),
        ),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select", gw_workspace="select")

    n: Mapped[int] = operational(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = operational(Date, nullable=False)
    decision: Mapped[str] = operational(String(40), nullable=False)
    gate: Mapped[str | None] = operational(String(40), nullable=True)
    reason: Mapped[str | None] = operational(String(80), nullable=True)
    kind: Mapped[str | None] = operational(String(60), nullable=True)
    record_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    batch: Mapped[int | None] = operational(BigInteger, nullable=True)
    exemption_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)


class LedgerDay(Base):
    """How many entries of one sort one day of the practice has, and between which numbers."""

    __tablename__ = "ledger_day"
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select")

    day: Mapped[date] = operational(Date, primary_key=True)
    decision: Mapped[str] = operational(String(40), primary_key=True)
    gate: Mapped[str] = operational(String(40), primary_key=True)
    reason: Mapped[str] = operational(String(80), primary_key=True)
    kind: Mapped[str] = operational(String(60), primary_key=True)
    entries: Mapped[int] = operational(BigInteger, nullable=False)
    first_n: Mapped[int] = operational(BigInteger, nullable=False)
    last_n: Mapped[int] = operational(BigInteger, nullable=False)


class ReviewState(Base):
    """Up to which entry a ledger has rows, and by which clock its days were cut."""

    __tablename__ = "review_state"
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select")

    ledger: Mapped[str] = operational(String(16), primary_key=True)
    next_n: Mapped[int] = operational(BigInteger, nullable=False)
    zone: Mapped[str] = operational(String(64), nullable=False)


class LedgerCheck(Base):
    """One verification of a whole ledger that someone asked for: how far it is, and its verdict."""

    __tablename__ = "ledger_check"
    __table_args__ = (
        CheckConstraint("ledger in ('relay', 'access')", name="ledger_known"),
        CheckConstraint("why in ('asked', 'daily', 'did_not_fit')", name="why_known"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    ledger: Mapped[str] = operational(String(16), nullable=False)
    asked_by: Mapped[str] = operational(String(80), nullable=False)
    asked_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    why: Mapped[str] = operational(
        String(16), nullable=False, server_default="asked", default="asked"
    )
    """`asked` by a person, `daily`, or `did_not_fit`: a look found that something did not."""
    starts: Mapped[int] = operational(SmallInteger, nullable=False, server_default="0", default=0)
    started_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    permille: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    finished_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    size: Mapped[int | None] = operational(BigInteger, nullable=True)
    root: Mapped[str | None] = operational(String(64), nullable=True)
    is_sound: Mapped[bool | None] = operational(Boolean, nullable=True)
    signers: Mapped[list[str] | None] = operational(JSONB, nullable=True)
    findings: Mapped[list[dict[str, Any]] | None] = operational(JSONB, nullable=True)

    @property
    def is_automatic(self) -> bool:
        """Whether nobody asked for it: the worker does, every day and whenever something looks wrong."""
        return self.asked_by.startswith("process:")


class SavedView(Base):
    """A filter that someone keeps under a name: ids, codes and dates, never a client's name."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("owner", "page", "name", name="uq_saved_view_name"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_workspace="select, insert, delete")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    owner: Mapped[str] = operational(String(80), nullable=False)
    page: Mapped[str] = operational(String(16), nullable=False)
    name: Mapped[str] = operational(String(60), nullable=False)
    query: Mapped[str] = operational(String(600), nullable=False)
    kept_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
