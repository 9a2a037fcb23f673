"""The table of recalls: what was decided about someone who was seen and has nothing booked."""

import uuid
from datetime import date, datetime

from sqlalchemy import Date, DateTime, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

NOTE_MAX = 500


class Recall(LocalRecord, Base):
    """One decision about a client with nothing booked: ask again in a month, or not at all, and why."""

    __tablename__ = "recall"
    __disposal__ = Goes(last_at="r.decided_at")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("outcome", "month", "reason", "decided_by", "decided_at"),
        by_actor=("decided_by",),
        # Two records of one person may become one: then it goes along, whether it was undone or not.
        over_when="old.undone_at is not null and new.client_id = old.client_id",
    )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    outcome: Mapped[str] = phi(String(10), nullable=False)
    month: Mapped[date | None] = phi(Date, nullable=True, index=True)
    """The first day of the month in which to ask again."""
    reason: Mapped[str] = phi(String(20), nullable=False)
    decided_by: Mapped[str] = operational(String(80), nullable=False)
    decided_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    undone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    note_sealed: Mapped[bytes | None] = sealed()

    note = SealedText(max_chars=NOTE_MAX)
