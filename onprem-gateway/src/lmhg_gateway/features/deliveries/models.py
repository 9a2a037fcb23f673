"""Tables of schema ingress: deliveries as they came, encrypted to the worker's public key."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, Integer, LargeBinary, String, Uuid, func
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational, phi


class Delivery(Base):
    """One webhook delivery. The process that stored it cannot read it back.

    `outcome` is `stored` for one to be worked on, or why nothing is to be done: `too_long`,
    `content_type`. `result` is the worker's: `done`, `duplicate`, `refused`, with its code.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_waiting", "received_at", postgresql_where="result is null"),
        {"schema": "ingress"},
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    received_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    )
    source: Mapped[str] = operational(String(20), nullable=False)
    peer: Mapped[str] = operational(String(45), nullable=False)
    outcome: Mapped[str] = operational(String(20), nullable=False)
    size: Mapped[int] = operational(Integer, nullable=False)
    body_sealed: Mapped[bytes | None] = phi(LargeBinary, nullable=True)
    attempts: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    result: Mapped[str | None] = operational(String(20), nullable=True)
    result_code: Mapped[str | None] = operational(String(60), nullable=True)
    finished_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class SeenEvent(Base):
    """A documented key of an event that was worked on, as a keyed token: duplicates stop here."""

    __tablename__ = "seen_event"
    __table_args__ = {"schema": "ingress"}  # noqa: RUF012 - SQLAlchemy's declared name

    token: Mapped[bytes] = operational(LargeBinary(8), primary_key=True)
    delivery_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    seen_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )


class CallBudget(Base):
    """Calls to IntakeQ, one row a minute: the gauge, and what survives a restart."""

    __tablename__ = "call_budget"
    __table_args__ = {"schema": "ingress"}  # noqa: RUF012 - SQLAlchemy's declared name

    minute: Mapped[datetime] = operational(DateTime(timezone=True), primary_key=True)
    calls: Mapped[int] = operational(Integer, nullable=False)
    refused: Mapped[int] = operational(BigInteger, nullable=False, server_default="0", default=0)
