"""Tables of schema ingress: deliveries as they came, encrypted to the worker's public key."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational, phi
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.bounds import MAX

TOKEN_BYTES = 8


LEFT_OUT_MAX = 200
"""Names of fields left out that a delivery keeps."""


class Delivery(Base):
    """One webhook delivery. The process that stored it cannot read it back.

    `outcome` is `stored` for one to be worked on, or why nothing is to be done, such as
    `too_long`. `turn_at` orders what waits and is set once the worker has read what a delivery
    speaks of; `due_at` is when it may be tried. `result` is the worker's: `done`, `duplicate`,
    `refused` (nothing we follow), `held` (for a person) or `set_aside` (by one), with its code. `left_out` names fields
    of IntakeQ's answer that could not be used. Tokens are keyed: equal for equal ids, and no more.
    """

    __tablename__ = "delivery"
    __disposal__ = Stays("Messages of IntakeQ have a line of their own.")
    __table_args__ = (
        Index("ix_delivery_waiting", "received_at", postgresql_where="result is null"),
        Index("ix_delivery_turn", "priority", "turn_at", "id", postgresql_where="result is null"),
        Index("ix_delivery_object", "object_token", postgresql_where="result is null"),
        Index("ix_delivery_held", "result_code", postgresql_where="result = 'held'"),
        Index("ix_delivery_finished", "finished_at"),
        {"schema": "ingress"},
    )
    __access__ = access(
        gw_ingress="insert",
        gw_worker="select, update",
        gw_workspace=(
            "select (attempts, due_at, finished_at, id, left_out, object_token, outcome, priority, received_at,"
            " result, result_code, size, source, turn_at),"
            " update (attempts, due_at, finished_at, result, result_code, turn_at)"
        ),
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    received_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    )
    source: Mapped[str] = operational(String(20), nullable=False)
    peer: Mapped[str] = operational(String(45), nullable=False)
    outcome: Mapped[str] = operational(String(20), nullable=False)
    size: Mapped[int] = operational(Integer, nullable=False)
    body_sealed: Mapped[bytes | None] = phi(LargeBinary, nullable=True, info={MAX: 4_194_304})
    turn_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    due_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    priority: Mapped[int] = operational(SmallInteger, nullable=False, server_default="1", default=1)
    """For which class of calls it waits: forms go first."""
    object_token: Mapped[bytes | None] = operational(LargeBinary(TOKEN_BYTES), nullable=True)
    event_token: Mapped[bytes | None] = operational(LargeBinary(TOKEN_BYTES), nullable=True)
    attempts: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    left_out: Mapped[list[str] | None] = operational(
        ARRAY(String(40)), nullable=True, info={MAX: LEFT_OUT_MAX}
    )
    result: Mapped[str | None] = operational(String(20), nullable=True)
    result_code: Mapped[str | None] = operational(String(60), nullable=True)
    finished_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)


class SeenEvent(Base):
    """A documented key of an event that is done, as a keyed token: duplicates stop here."""

    __tablename__ = "seen_event"
    __table_args__ = {"schema": "ingress"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select, insert, delete")

    token: Mapped[bytes] = operational(LargeBinary(TOKEN_BYTES), primary_key=True)
    delivery_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    seen_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )


class ApiCall(Base):
    """One call to IntakeQ. It counts from `ended_at`, which lies ahead while it is in progress."""

    __tablename__ = "api_call"
    __table_args__ = (Index("ix_api_call_ended_at", "ended_at"), {"schema": "ingress"})
    __access__ = access(gw_worker=ALL, gw_workspace="select")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    began_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    ended_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    priority: Mapped[int] = operational(SmallInteger, nullable=False, server_default="1", default=1)


class ProfileFetch(Base):
    """When a client's profile was last asked for: a delivery from before needs no second call."""

    __tablename__ = "profile_fetch"
    __table_args__ = {"schema": "ingress"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker=ALL)

    token: Mapped[bytes] = operational(LargeBinary(TOKEN_BYTES), primary_key=True)
    began_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)


class IntakeState(Base):
    """One row: the limits in force, and whether every call waits for IntakeQ to be well again."""

    __tablename__ = "intake_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), {"schema": "ingress"})
    __access__ = access(gw_worker="select, update", gw_workspace="select")

    id: Mapped[int] = operational(SmallInteger, primary_key=True, autoincrement=False)
    per_minute: Mapped[int] = operational(Integer, nullable=False)
    per_day: Mapped[int] = operational(Integer, nullable=False)
    failures: Mapped[int] = operational(Integer, nullable=False, server_default="0")
    paused_until: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    pause_code: Mapped[str | None] = operational(String(20), nullable=True)
