"""Tables of the handoff: what someone leaves for the next shift, and who read it."""

import uuid
from datetime import date, datetime

from sqlalchemy import Date, DateTime, ForeignKey, String, Uuid, func
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

NOTE_MAX = 2000


class ShiftNote(LocalRecord, Base):
    """What one person leaves for the next shift on one day. It is added to, never rewritten."""

    __tablename__ = "shift_note"
    __disposal__ = Stays("A handoff note is about a day. A name that someone wrote in one stays.")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True, by_actor=("written_by",))

    day: Mapped[date] = operational(Date, nullable=False, index=True)
    written_by: Mapped[str] = operational(String(80), nullable=False)
    written_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    note_sealed: Mapped[bytes | None] = sealed()

    note = SealedText(max_chars=NOTE_MAX)


class ShiftRead(Base):
    """Who has read a note."""

    __tablename__ = "shift_read"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_workspace="select, insert")
    __row_rules__ = RowRules(is_final=True, by_actor=("reader_id",))

    note_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("practice.shift_note.id"), primary_key=True
    )
    reader_id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    read_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
