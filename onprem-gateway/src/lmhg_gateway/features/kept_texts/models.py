"""Tables of tickets that were screened on arrival and had to stay here."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, String, UniqueConstraint, Uuid, func
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.persistence import Base, LocalRecord, Record, SealedText, exempt, operational, sealed
from lmhg_kit.persistence.access import access


class KeptText(LocalRecord, Base):
    """The original of a portal text that names a client, as it arrived."""

    __tablename__ = "kept_text"
    __disposal__ = Stays("It is the proof of what was removed from the portal.")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select")

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One original for each version that arrived."""
        return (
            *super().constraints(),
            UniqueConstraint("source_kind", "source_id", "source_version"),
        )

    source_kind: Mapped[str] = operational(String(40), nullable=False)
    source_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    source_version: Mapped[int] = operational(BigInteger, nullable=False)
    rule: Mapped[str] = operational(String(60), nullable=False)
    arrived_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    subject_sealed: Mapped[bytes | None] = sealed()
    body_sealed: Mapped[bytes | None] = sealed()

    subject = SealedText(max_chars=200)
    body = SealedText(max_chars=4000)


class RedactionOrder(Record, Base):
    """An order to the portal to remove one of its own texts; exempt from birth."""

    __tablename__ = "redaction_order"
    __table_args__ = (
        *Record.constraints(),
        UniqueConstraint("target_kind", "target_id", "target_version"),
        {"schema": "practice"},
    )
    __access__ = access(gw_worker="select, insert, update")

    reason: Mapped[str] = exempt(String(40), nullable=False)
    target_kind: Mapped[str] = exempt(String(40), nullable=False)
    target_id: Mapped[uuid.UUID] = exempt(Uuid, nullable=False)
    target_version: Mapped[int] = exempt(BigInteger, nullable=False)


class Arrival(Base):
    """How far a portal text was screened: one row for each version that arrived."""

    __tablename__ = "arrival"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select, insert, update")

    kind: Mapped[str] = operational(String(40), primary_key=True)
    record_id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True)
    version: Mapped[int] = operational(BigInteger, nullable=False)
    thread_id: Mapped[uuid.UUID | None] = operational(Uuid, nullable=True, index=True)
    """The ticket that it is, or that it answers; arrivals from before 0040 have none."""
    outcome: Mapped[str] = operational(String(8), nullable=False)
    screened_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
