"""Tables of exemptions: who asks, and what was taken back. What is granted is a table of the kit."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, String, Uuid, func
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, SealedText, operational, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import TWO_PERSONS, RowRules


class ExemptionRequest(Base):
    """Someone asks that one record may leave; someone else decides."""

    __tablename__ = "exemption_request"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(
        refusal=TWO_PERSONS,
        fixed=("requested_by", "kind", "record_id"),
        over_when="old.outcome <> 'open'",
        begins={"outcome": "'open'"},
        by_actor=("requested_by",),
        changed_by_actor=("decided_by",),
        changed_by_power=("gw_workspace", "gw_worker"),
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = operational(String(40), nullable=False)
    record_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, index=True)
    requested_by: Mapped[str] = operational(String(80), nullable=False)
    requested_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    expires_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    outcome: Mapped[str] = operational(
        String(16), nullable=False, server_default="open", default="open"
    )  # open, approved, declined
    exemption_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True)
    reason_sealed: Mapped[bytes | None] = sealed()
    decision_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)
    decision = SealedText(max_chars=1000)


class Withdrawal(Base):
    """That an exemption was taken back, how many records it recalled, and why.

    The database writes it, in the transaction that withdraws; `at` is that transaction's time,
    which the recalls carry too. The reason is added once, by anyone who withdrew.
    """

    __tablename__ = "withdrawal"
    __disposal__ = Stays("It is HIPAA documentation, which is kept for six years at least.")
    __table_args__ = {"schema": "compliance"}  # noqa: RUF012 - SQLAlchemy's declared name
    __row_rules__ = RowRules(only=("reason_sealed",))
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    exemption_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, unique=True)
    actor: Mapped[str] = operational(String(80), nullable=False)
    at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    records: Mapped[int] = operational(BigInteger, nullable=False, server_default="0")
    reason_sealed: Mapped[bytes | None] = sealed()

    reason = SealedText(max_chars=1000)
