"""Tables of merges: which record went into which, what the merge changed, and which rows it moved."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, String, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

CLIENT = "practice.client.id"


class ClientMerge(LocalRecord, Base):
    """That one record was merged into another, by whom, and whether that was undone."""

    __tablename__ = "client_merge"
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("survivor_id", "merged_id", "merged_by", "merged_at"),
        by_actor=("merged_by",),
        names_actor=("undone_by",),
        together=(("undone_by", "undone_at"),),
        begins={"undone_by": "null", "undone_at": "null"},
        over_when="old.undone_at is not null",
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """A record is merged once at a time."""
        holds = text("undone_at is null")
        return (
            *super().constraints(),
            Index("uq_client_merge_holds", "merged_id", unique=True, postgresql_where=holds),
        )

    survivor_id: Mapped[uuid.UUID] = phi(Uuid, ForeignKey(CLIENT), nullable=False, index=True)
    merged_id: Mapped[uuid.UUID] = phi(Uuid, ForeignKey(CLIENT), nullable=False, index=True)
    merged_by: Mapped[str] = operational(String(80), nullable=False)
    merged_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    undone_by: Mapped[str | None] = operational(String(80), nullable=True)
    undone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    stayed: Mapped[list[str]] = phi(
        ARRAY(String(20)), nullable=False, server_default="{}", default=list
    )
    """Fields that stayed when it was undone, because someone had changed them since."""
    fields_sealed: Mapped[bytes | None] = sealed()

    fields = SealedText(max_chars=20_000)  # JSON: field to what it was before and is after


class ClientMergeRow(Base):
    """One row that a merge moved, by its table's name and its id; never what is in it."""

    __tablename__ = "client_merge_row"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True)

    merge_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.client_merge.id"), primary_key=True
    )
    kind: Mapped[str] = operational(String(40), primary_key=True)
    row_id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
