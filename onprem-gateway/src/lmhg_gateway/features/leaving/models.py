"""The table of exports of everything: who asked, who approved, and what was written."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Index,
    Integer,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import TWO_PERSONS, RowRules

TEXT_MAX = 400


class LeavingExport(Base):
    """One export of everything: asked for by one person, approved by another, written by an operator."""

    __tablename__ = "leaving_export"
    __table_args__: Any = (
        CheckConstraint(
            "state in ('asked', 'approved', 'declined', 'dropped', 'done')", name="state_known"
        ),
        CheckConstraint(
            "state not in ('approved', 'done') or (decided_by is not null and decided_by <> asked_by)",
            name="two_persons",
        ),
        CheckConstraint("(state = 'done') = (written_at is not null)", name="written_when_done"),
        Index(
            "uq_leaving_export_open",
            text("(true)"),
            unique=True,
            postgresql_where=text("state in ('asked', 'approved')"),
        ),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        refusal=TWO_PERSONS,
        fixed=("asked_by", "asked_at", "why_sealed", "recipient_sealed"),
        begins={"state": "'asked'", "decided_by": "null", "written_at": "null"},
        by_actor=("asked_by",),
        over_when="old.state in ('declined', 'dropped', 'done')",
    )
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    state: Mapped[str] = operational(
        String(12), nullable=False, server_default="asked", default="asked"
    )
    asked_by: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    asked_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    decided_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    written_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    manifest: Mapped[str | None] = operational(String(64), nullable=True)
    """SHA-256 of the list of all files with theirs."""
    row_count: Mapped[int | None] = operational(BigInteger, nullable=True)
    file_count: Mapped[int | None] = operational(Integer, nullable=True)
    why_sealed: Mapped[bytes | None] = sealed()
    recipient_sealed: Mapped[bytes | None] = sealed()

    why = SealedText(max_chars=TEXT_MAX)
    recipient = SealedText(max_chars=TEXT_MAX)
