"""Tables of the tray: papers, the files they came as, their pages, and what was done with them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.adapters.draw_pages import TEXT_MAX
from lmhg_gateway.kernel.disposal import Goes, Stays
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules

STANDS = Refusal("paper_stands", "LM094")


class Paper(LocalRecord, Base):
    """One loose paper: its pages are rows of their own, and can go to another one."""

    __tablename__ = "paper"
    __disposal__ = Goes(moves_when="old.state in ('reading', 'open')")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=STANDS,
        fixed=("came_at", "source"),
        begins={"closed_at": "null", "document_id": "null", "told_at": "null"},
        together=(("closed_at", "closed_by"), ("told_at", "told_by")),
        names_actor=("closed_by", "told_by"),
    )

    state: Mapped[str] = operational(String(12), nullable=False, index=True)
    came_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    source: Mapped[str] = operational(String(12), nullable=False)
    page_count: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    owner_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    """The colleague who sees to it."""
    is_guess: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="false", default=False
    )
    """Whether who it is about was read from the paper, and nobody has looked yet."""
    client_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=True, index=True
    )
    document_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.document.id"), nullable=True, index=True
    )
    referral_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=True, index=True
    )
    began_referral: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="false", default=False
    )
    aside_why: Mapped[str | None] = operational(String(16), nullable=True)
    closed_by: Mapped[str | None] = operational(String(80), nullable=True)
    closed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    told_by: Mapped[str | None] = operational(String(80), nullable=True)
    told_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    title_sealed: Mapped[bytes | None] = sealed()
    about_name_sealed: Mapped[bytes | None] = sealed()
    about_born_sealed: Mapped[bytes | None] = sealed()

    title = SealedText(max_chars=200)
    about_name = SealedText(max_chars=200)
    about_born = SealedText(max_chars=10)


_WHILE_NEEDED = (
    "(select date '9999-12-31' from practice.paper_page g join practice.paper p on p.id = g.paper_id"
    " where g.file_id = r.id and (p.state in ('reading', 'open') or p.client_id <> all (who)) limit 1)"
)
"""A file keeps everything it came with while a page waits in the tray or lies in a paper about someone else."""


class PaperFile(LocalRecord, Base):
    """One file as it came. Its bytes are kept as they are; its objects are named by its id."""

    __tablename__ = "paper_file"
    __disposal__ = Goes(
        stored_as="r.id",
        stored_while="not r.is_gone and r.state not in ('refused', 'gone')",
        sent_as="coalesce(r.upload_id, r.id)",
        keeps_until=_WHILE_NEEDED,
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert")
    __row_rules__ = RowRules(
        refusal=STANDS,
        fixed=(
            "paper_id",
            "ordinal",
            "source",
            "upload_id",
            "folder_mark",
            "mail_mark",
            "added_by",
            "received_at",
        ),
        begins={"state": "'checking'", "stored_at": "null"},
        by_actor=("added_by",),
    )

    paper_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.paper.id"), nullable=False, index=True
    )
    """The paper that it came as; its pages may be elsewhere by now."""
    ordinal: Mapped[int] = operational(SmallInteger, nullable=False)
    source: Mapped[str] = operational(String(12), nullable=False)
    upload_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, unique=True)
    folder_mark: Mapped[str | None] = operational(String(80), nullable=True, unique=True)
    """Which file of the watched folder it is: its place on the disk, its size and its time."""
    mail_mark: Mapped[str | None] = operational(String(32), nullable=True, unique=True)
    """Which attachment of which email it is: a keyed hash of the email's id, the file's bytes and its turn."""
    state: Mapped[str] = operational(
        String(12), nullable=False, server_default="checking", index=True
    )
    refused_why: Mapped[str | None] = operational(String(40), nullable=True)
    kind: Mapped[str | None] = phi(String(16), nullable=True)
    size: Mapped[int | None] = operational(BigInteger, nullable=True)
    pdf_size: Mapped[int | None] = operational(BigInteger, nullable=True)
    pictures_size: Mapped[int | None] = operational(BigInteger, nullable=True)
    page_count: Mapped[int | None] = operational(Integer, nullable=True)
    added_by: Mapped[str] = operational(String(80), nullable=False)
    received_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    stored_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    left_folder_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """When the file in the watched folder was taken away, after it was stored."""
    is_gone: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="false", default=False
    )
    """Whether its objects left the store, once all that it was filed as was removed for good."""
    file_name_sealed: Mapped[bytes | None] = sealed()
    digest_sealed: Mapped[bytes | None] = sealed()
    data_key_sealed: Mapped[bytes | None] = sealed()
    pdf_key_sealed: Mapped[bytes | None] = sealed()
    pictures_key_sealed: Mapped[bytes | None] = sealed()
    sender_sealed: Mapped[bytes | None] = sealed()
    subject_sealed: Mapped[bytes | None] = sealed()

    file_name = SealedText(max_chars=255)
    digest = SealedText(max_chars=64)
    data_key = SealedText(max_chars=64)
    pdf_key = SealedText(max_chars=64)
    pictures_key = SealedText(max_chars=64)
    sender = SealedText(max_chars=200)
    """Who sent the email that it came by, as the email says."""
    subject = SealedText(max_chars=200)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """What came by email has a mark, and nothing else has one."""
        marked = CheckConstraint(
            "(source = 'mailbox') = (mail_mark is not null)", name="mail_marked"
        )
        return (*super().constraints(), marked)


class PaperPage(LocalRecord, Base):
    """One page of a file, and in which paper it is now. It is in one paper at any time, for ever."""

    __tablename__ = "paper_page"
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, update")
    __row_rules__ = RowRules(
        refusal=STANDS, fixed=("file_id", "number", "picture_at", "picture_size")
    )

    file_id: Mapped[uuid.UUID] = phi(Uuid, ForeignKey("practice.paper_file.id"), nullable=False)
    number: Mapped[int] = operational(Integer, nullable=False)
    """Its number in the file, from 1."""
    paper_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.paper.id"), nullable=False, index=True
    )
    place: Mapped[int] = operational(Integer, nullable=False)
    """Its place in the paper, from 1."""
    turn: Mapped[int] = operational(SmallInteger, nullable=False, server_default="0", default=0)
    """By how many degrees it is turned, clockwise."""
    picture_at: Mapped[int] = operational(BigInteger, nullable=False)
    picture_size: Mapped[int] = operational(Integer, nullable=False)
    text_sealed: Mapped[bytes | None] = sealed()

    text = SealedText(max_chars=TEXT_MAX)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """A page is there once, and at a place of its own once a step with pages is done."""
        return (
            *super().constraints(),
            UniqueConstraint("file_id", "number"),
            UniqueConstraint("paper_id", "place", deferrable=True, initially="DEFERRED"),
            CheckConstraint("turn in (0, 90, 180, 270)", name="turn_known"),
        )


class PaperStep(LocalRecord, Base):
    """One thing that was done with a paper; what moved pages says where they were and where they went."""

    __tablename__ = "paper_step"
    __access__ = access(gw_worker="select, insert", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=STANDS,
        fixed=("paper_id", "act", "done_at", "why", "before", "after"),
        by_actor=("done_by",),
        over_when="old.undone_at is not null",
        together=(("undone_at", "undone_by"),),
        names_actor=("undone_by",),
    )

    paper_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.paper.id"), nullable=False, index=True
    )
    act: Mapped[str] = operational(String(16), nullable=False)
    done_by: Mapped[str] = operational(String(80), nullable=False)
    done_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    why: Mapped[str | None] = operational(String(40), nullable=True)
    before: Mapped[list[Any] | None] = phi(JSONB(none_as_null=True), nullable=True)
    after: Mapped[list[Any] | None] = phi(JSONB(none_as_null=True), nullable=True)
    undone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    undone_by: Mapped[str | None] = operational(String(80), nullable=True)


class TrayMailbox(LocalRecord, Base):
    """How the mailbox is, in one row: when it was read last, or since when it can't be read and why."""

    __tablename__ = "tray_mailbox"
    __disposal__ = Stays("Whether the mailbox can be read is about no client.")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select")
    __row_rules__ = RowRules(
        refusal=STANDS, fixed=("number",), together=(("failing_since", "cause"),)
    )

    number: Mapped[int] = operational(SmallInteger, nullable=False, unique=True)
    """Always 1: there is one mailbox."""
    is_on: Mapped[bool] = operational(Boolean, nullable=False)
    """Whether the settings name one."""
    said_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    """When the worker last said how it is; it says so every few minutes."""
    failing_since: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    cause: Mapped[str | None] = operational(String(20), nullable=True)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One row."""
        return (*super().constraints(), CheckConstraint("number = 1", name="only_one"))
