"""The table of how many visits are allowed, until when, and how many were used."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, SmallInteger, String, Uuid, func
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

UNITS_MAX, WARN_UNITS_MAX, WARN_DAYS_MAX = 500, 20, 90
NUMBER_MAX = 60


class VisitAuthorization(LocalRecord, Base):
    """What one referral, or an insurer's authorization for it, allows: visits, and until when."""

    __tablename__ = "visit_authorization"
    __disposal__ = Goes(keeps_until="r.valid_until")
    __access__ = access(gw_worker="select, update", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        fixed=("referral_id", "granted_by", "counts_from"),
        begins={"ended_at": "null"},
        together=(("ended_at", "ended_by"),),
        names_actor=("ended_by",),
    )

    referral_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.referral.id"), nullable=False, index=True
    )
    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    granted_by: Mapped[str] = phi(String(16), nullable=False)
    """referral: the referral itself says it; insurer: an authorization does."""
    units: Mapped[int | None] = phi(SmallInteger, nullable=True)
    used: Mapped[int] = phi(SmallInteger, nullable=False, server_default="0", default=0)
    """Visits that someone counted by hand; attended ones since `counts_from` come on top."""
    counts_from: Mapped[date] = phi(Date, nullable=False)
    valid_until: Mapped[date | None] = phi(Date, nullable=True)
    warn_units: Mapped[int] = operational(SmallInteger, nullable=False)
    warn_days: Mapped[int] = operational(SmallInteger, nullable=False)
    asked_on: Mapped[date | None] = phi(Date, nullable=True)
    """When someone asked for more."""
    ended_by: Mapped[str | None] = operational(String(80), nullable=True)
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    put_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    number_sealed: Mapped[bytes | None] = sealed()

    number = SealedText(max_chars=NUMBER_MAX)

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """It allows something, and nobody used less than nothing."""
        return (
            *super().constraints(),
            CheckConstraint(
                "units is not null or valid_until is not null", name="allows_something"
            ),
            CheckConstraint(
                f"units is null or units between 1 and {UNITS_MAX}", name="units_bounded"
            ),
            CheckConstraint("used between 0 and 999", name="used_bounded"),
        )
