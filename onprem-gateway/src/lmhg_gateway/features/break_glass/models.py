"""The table of break-glass: who, why, from when to when, and who looked at it afterwards."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, String, Uuid
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import Refusal, RowRules


class BreakGlass(Base):
    """One opening. The wall lets nobody lengthen it, change its reason or review an own one.

    The worker's role alone writes the reason again, when it seals it under a newer key.
    """

    __tablename__ = "break_glass"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = (
        CheckConstraint("ends_at <= opened_at + interval '1 hour'", name="time_boxed"),
        CheckConstraint("reviewed_by is distinct from user_id", name="other_person_reviews"),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(
        refusal=Refusal("glass_stands", "LM015"),
        fixed=("user_id", "opened_at", "ends_at"),
        begins={"outcome": "'open'", "reviewed_by": "null", "ended_at": "null"},
        by_actor=("user_id",),
    )
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    opened_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ends_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    told_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    reviewed_by: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    reviewed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    outcome: Mapped[str] = operational(
        String(12), nullable=False, server_default="open", default="open"
    )  # open, justified, incident
    reason_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)
