"""The table of who else takes part in a referral."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, String, Uuid, func
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, LocalRecord, operational, phi
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules


class ReferralPerson(LocalRecord, Base):
    """One more person of a referral besides the one it was made for, and their role in it.

    Two records of one person may become one, so a person may be there twice afterwards; pages show them once.
    """

    __tablename__ = "referral_person"
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("referral_id", "role", "added_by", "added_at"),
        by_actor=("added_by",),
        begins={"removed_at": "null"},
        together=(("removed_at", "removed_by"),),
        names_actor=("removed_by",),
    )

    referral_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=False, index=True
    )
    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    role: Mapped[str] = phi(String(16), nullable=False)
    added_by: Mapped[str] = operational(String(80), nullable=False)
    added_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    removed_by: Mapped[str | None] = operational(String(80), nullable=True)
    removed_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
