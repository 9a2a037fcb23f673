"""Tables of the library: each version of a document, its file, what the file says, and who approved it."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_contracts.kinds.base import NAME_MAX, OBJECT_BYTES_MAX, TITLE_MAX
from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import (
    Base,
    LocalRecord,
    Record,
    SealedText,
    exempt,
    operational,
    sealed,
)
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules

STANDS = Refusal("shared_file_stands", "LM085")


class DocumentRef(Record, Base):
    """One version of a document of the practice: local_only until a second person approved its file.

    Size and hash are there once the file is stored.
    """

    __tablename__ = "document_ref"
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __table_args__ = (
        *Record.constraints(),
        UniqueConstraint("document_id", "revision"),
        CheckConstraint(
            "not hipaa_exempt or (sha256 is not null and size is not null)", name="file_known"
        ),
        CheckConstraint(f"size between 1 and {OBJECT_BYTES_MAX}", name="size_bounded"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_form"),
        CheckConstraint("revision between 1 and 10000", name="revision_bounded"),
        {"schema": "practice"},
    )

    document_id: Mapped[uuid.UUID] = exempt(Uuid, nullable=False, index=True)
    revision: Mapped[int] = exempt(Integer, nullable=False)
    title: Mapped[str] = exempt(String(TITLE_MAX), nullable=False)
    category: Mapped[str] = exempt(String(40), nullable=False)
    file_name: Mapped[str] = exempt(String(NAME_MAX), nullable=False)
    media_type: Mapped[str] = exempt(String(100), nullable=False)
    size: Mapped[int | None] = exempt(BigInteger, nullable=True)
    sha256: Mapped[str | None] = exempt(String(64), nullable=True)
    author_id: Mapped[uuid.UUID] = exempt(Uuid, nullable=False)
    published_at: Mapped[datetime] = exempt(DateTime(timezone=True), nullable=False)


class SharedFile(LocalRecord, Base):
    """The file of a version, under the version's id: where it is, and what a look at it found."""

    __tablename__ = "shared_file"
    __disposal__ = Stays(
        "Handbooks and forms are about nobody.",
        stored_as="r.id",
        stored_while="r.state <> 'refused'",
    )
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert")
    __row_rules__ = RowRules(
        refusal=STANDS,
        fixed=("upload_id", "kind", "added_by", "added_at"),
        begins={
            "state": "'checking'",
            "is_whole": "false",
            "looked_at": "null",
            "found": "'[]'",
            "stored_at": "null",
        },
        by_actor=("added_by",),
        over_when="old.state = 'refused'",
    )

    upload_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, unique=True)
    kind: Mapped[str] = operational(String(16), nullable=False)
    state: Mapped[str] = operational(
        String(16), nullable=False, server_default="checking", index=True
    )
    refused_why: Mapped[str | None] = operational(String(40), nullable=True)
    is_whole: Mapped[bool] = operational(Boolean, nullable=False, server_default="false")
    """Whether all that the file shows was read as text."""
    looked_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """When its text was last compared with the clients on record."""
    found: Mapped[list[dict[str, str]]] = operational(
        JSONB, nullable=False, server_default=text("'[]'::jsonb"), default=list
    )
    """What that found: rules and pages, never a match."""
    added_by: Mapped[str] = operational(String(80), nullable=False)
    added_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    stored_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    data_key_sealed: Mapped[bytes | None] = sealed()

    data_key = SealedText(max_chars=64)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """A file is of a version; what was found is a short list."""
        bounded = "jsonb_typeof(found) = 'array' and octet_length(found::text) <= 65536"
        return (*super().constraints(), CheckConstraint(bounded, name="found_bounded"))


class SharedPage(LocalRecord, Base):
    """What one page of a file says, as the program read it."""

    __tablename__ = "shared_page"
    __disposal__ = Stays("Handbooks and forms are about nobody.")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select")
    __row_rules__ = RowRules(refusal=STANDS, fixed=("file_id", "number"))

    file_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.shared_file.id"), nullable=False, index=True
    )
    number: Mapped[int] = operational(Integer, nullable=False)
    said_sealed: Mapped[bytes | None] = sealed()

    said = SealedText(max_chars=12_000)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """Pages are numbered."""
        return (*super().constraints(), UniqueConstraint("file_id", "number"))


class DocumentApproval(Base):
    """That a second person approved the bytes of one version: nothing becomes exempt without."""

    __tablename__ = "document_approval"
    __table_args__ = (
        CheckConstraint("basis in ('text_checked', 'every_page_read')", name="basis_known"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True, by_actor=("approved_by",))

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    record_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    exemption_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, unique=True)
    sha256: Mapped[str] = operational(String(64), nullable=False)
    basis: Mapped[str] = operational(String(16), nullable=False)
    """Whether the program read all of the file, or the person says that they did."""
    approved_by: Mapped[str] = operational(String(80), nullable=False)
    approved_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
