"""The table of contact attempts."""

import uuid
from datetime import date, datetime

from sqlalchemy import Date, DateTime, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

NOTE_MAX = 500


class ContactAttempt(LocalRecord, Base):
    """One try to reach a person, or one time that they reached us: how, under which number, with what result."""

    __tablename__ = "contact_attempt"
    __disposal__ = Goes(last_at="r.tried_at")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("referral_id", "channel", "result", "tried_by", "tried_at", "moved_by"),
        by_actor=("tried_by",),
        # Two records of one person may become one: then it goes along, whether it was undone or not.
        over_when="old.undone_at is not null and new.client_id = old.client_id",
    )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    referral_id: Mapped[uuid.UUID | None] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=True, index=True
    )
    channel: Mapped[str] = phi(String(20), nullable=False)
    result: Mapped[str] = phi(String(20), nullable=False)
    again_on: Mapped[date | None] = phi(Date, nullable=True)
    used_sealed: Mapped[bytes | None] = sealed()
    note_sealed: Mapped[bytes | None] = sealed()
    tried_by: Mapped[str] = operational(String(80), nullable=False)
    tried_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False, index=True)
    moved_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    """The step of the referral that came with it, which is taken back with it."""
    undone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)

    used = SealedText(max_chars=200)
    note = SealedText(max_chars=NOTE_MAX)
