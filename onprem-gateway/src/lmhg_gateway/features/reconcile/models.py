"""The nightly check: how far it is, and which objects of IntakeQ's wait to be asked for one by one."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Stays
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import ALL, access

TOKEN_BYTES = 8


class SyncState(Base):
    """One row: since which day the next check asks, and where the one is that runs."""

    __tablename__ = "sync_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), {"schema": "ingress"})
    __access__ = access(gw_worker="select, update", gw_workspace="select, update (wanted_at)")

    id: Mapped[int] = operational(SmallInteger, primary_key=True, autoincrement=False)
    since: Mapped[date | None] = operational(Date, nullable=True)
    """Everything that changed before this day was seen."""
    began_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    wanted_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """When someone asked for a check."""
    asks_since: Mapped[date | None] = operational(Date, nullable=True)
    """What the one that runs asks; empty while none runs."""
    is_catch_up: Mapped[bool] = operational(
        Boolean, nullable=False, server_default="false", default=False
    )
    step: Mapped[int] = operational(SmallInteger, nullable=False, server_default="0", default=0)
    page: Mapped[int] = operational(Integer, nullable=False, server_default="1", default=1)
    looked: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    """Lines that the last check looked at."""
    left_out: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    """Lines that it could not use."""


class IntakeqObject(LocalRecord, Base):
    """One object of IntakeQ's that a list named and that has to be asked for by its id."""

    __tablename__ = "intakeq_object"
    __disposal__ = Stays(
        "A list of what is still to be fetched from IntakeQ. It empties by itself."
    )
    __access__ = access(gw_worker=ALL, gw_workspace="select")

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One row for one object there, and the order in which they are asked for."""
        waits = text("held_code is null")
        return (
            *super().constraints(),
            UniqueConstraint("kind", "token"),
            Index("ix_intakeq_object_turn", "turn", "near_s", "id", postgresql_where=waits),
        )

    kind: Mapped[str] = operational(String(20), nullable=False)
    token: Mapped[bytes] = operational(LargeBinary(TOKEN_BYTES), nullable=False)
    number_token: Mapped[bytes] = operational(LargeBinary(TOKEN_BYTES), nullable=False)
    """Of its client's number there, keyed."""
    line_token: Mapped[bytes] = operational(LargeBinary(TOKEN_BYTES), nullable=False)
    is_catch_up: Mapped[bool] = operational(Boolean, nullable=False)
    turn: Mapped[int] = operational(SmallInteger, nullable=False)
    near_s: Mapped[int] = phi(Integer, nullable=False)
    """Seconds from the check to the client's next appointment: what is nearest goes first."""
    found_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    due_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    attempts: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    held_code: Mapped[str | None] = operational(String(60), nullable=True)
    remote_id_sealed: Mapped[bytes | None] = sealed()

    remote_id = SealedText(max_chars=80)
