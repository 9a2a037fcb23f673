"""The table of allowed words: what an officer says is no client's name here, and why."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Index, LargeBinary, String, Uuid, func, text
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.row_rules import TWO_PERSONS, RowRules

TERM = 120


class Allowance(Base):
    """One allowed word or phrase. It may be a client's surname, so it is sealed.

    The wall lets nobody approve an own one, change one, or delete one: removal is a date.
    """

    __tablename__ = "screening_allowance"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = (
        CheckConstraint("approved_by is distinct from asked_by", name="other_person_approves"),
        Index(
            "uq_screening_allowance_live",
            "token",
            unique=True,
            postgresql_where=text("removed_at is null"),
        ),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(
        refusal=TWO_PERSONS,
        fixed=("token", "asked_by", "asked_at"),
        begins={
            "approved_by": "null",
            "approved_at": "null",
            "removed_by": "null",
            "removed_at": "null",
        },
        by_actor=("asked_by",),
    )
    __access__ = access(gw_worker=ALL, gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    token: Mapped[bytes] = operational(LargeBinary(8), nullable=False)
    asked_by: Mapped[str] = operational(String(80), nullable=False)
    asked_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    approved_by: Mapped[str | None] = operational(String(80), nullable=True)
    approved_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    removed_by: Mapped[str | None] = operational(String(80), nullable=True)
    removed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    term_sealed: Mapped[bytes | None] = sealed()
    reason_sealed: Mapped[bytes | None] = sealed()

    term = SealedText(max_chars=TERM)
    reason = SealedText(max_chars=500)
