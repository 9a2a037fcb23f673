"""Tables of imports: each file that someone brought, and each of its rows with its one fate."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.features.imports.rules import ROW_TEXT_MAX
from lmhg_gateway.kernel.disposal import LetsGo, Stays
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules


class ClientImport(LocalRecord, Base):
    """One file of clients, from the upload to the end of the time in which it can be undone."""

    __tablename__ = "client_import"
    __disposal__ = Stays("What a file of an import said is forgotten after 30 days.")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("upload_id", "begun_by", "begun_at"),
        by_actor=("begun_by",),
        begins={"state": "'reading'", "ran_by": "null", "undone_by": "null"},
        names_actor=("ran_by", "undone_by"),
    )

    upload_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, unique=True)
    what: Mapped[str] = operational(
        String(12), nullable=False, server_default="clients", default="clients"
    )
    """What the rows are of: clients or referrals."""
    state: Mapped[str] = operational(
        String(16), nullable=False, server_default="reading", index=True
    )
    refused_why: Mapped[str | None] = operational(String(40), nullable=True)
    may_update: Mapped[bool] = operational(Boolean, nullable=False, server_default="false")
    row_count: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    begun_by: Mapped[str] = operational(String(80), nullable=False)
    begun_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ran_by: Mapped[str | None] = operational(String(80), nullable=True)
    finished_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    undone_by: Mapped[str | None] = operational(String(80), nullable=True)
    failed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """When a step of it failed last: until it succeeds, others go first."""
    forgotten_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    file_name_sealed: Mapped[bytes | None] = sealed()
    heads_sealed: Mapped[bytes | None] = sealed()
    columns_sealed: Mapped[bytes | None] = sealed()

    file_name = SealedText(max_chars=200)
    heads = SealedText(max_chars=ROW_TEXT_MAX)
    """The heads of the file, as JSON."""
    columns = SealedText(max_chars=4_000)
    """What each column is, as JSON."""


class ImportRow(LocalRecord, Base):
    """One row of a file: what the check said of it, and what became of it."""

    __tablename__ = "import_row"
    __disposal__ = LetsGo("client_id")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, update")
    __row_rules__ = RowRules(fixed=("import_id", "number"))

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """Each row of a file once, and the index of rows that are the same one."""
        return (
            *super().constraints(),
            UniqueConstraint("import_id", "number"),
            Index("ix_import_row_key_token", "key_token"),
        )

    import_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.client_import.id"), nullable=False
    )
    number: Mapped[int] = operational(Integer, nullable=False)
    """The row's number in the file, as a spreadsheet counts."""
    key_token: Mapped[bytes | None] = operational(LargeBinary(8), nullable=True)
    check_fate: Mapped[str | None] = operational(String(10), nullable=True)
    check_why: Mapped[str | None] = operational(String(20), nullable=True)
    fate: Mapped[str | None] = operational(String(10), nullable=True)
    why: Mapped[str | None] = operational(String(20), nullable=True)
    client_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=True, index=True
    )
    referral_id: Mapped[uuid.UUID | None] = phi(Uuid, nullable=True)
    """The referral that a row of a file of referrals became, or names."""
    client_version: Mapped[int | None] = operational(BigInteger, nullable=True)
    """The record's version when this row was done with it: another one says that someone changed it since."""
    undone: Mapped[str | None] = operational(String(16), nullable=True)
    cells_sealed: Mapped[bytes | None] = sealed()
    before_sealed: Mapped[bytes | None] = sealed()

    cells = SealedText(max_chars=ROW_TEXT_MAX)
    """The row's cells, as JSON."""
    before = SealedText(max_chars=ROW_TEXT_MAX)
    """What an update replaced, as JSON."""
