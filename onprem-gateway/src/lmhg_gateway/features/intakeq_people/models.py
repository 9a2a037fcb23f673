"""Clients that IntakeQ has twice or merged: held for a person, never guessed."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.bounds import MAX
from lmhg_kit.persistence.row_rules import RowRules

CLIENT = "practice.client.id"
REASONS_MAX = 20


class IntakeqArrival(LocalRecord, Base):
    """A client who is new in IntakeQ and looks like someone on record.

    `open` waits for a person, and nothing of theirs is stored; `same` and `other` are what was decided;
    `linked` and `added` say what the rule did at once, because a message could not wait.
    """

    __tablename__ = "intakeq_arrival"
    __disposal__ = Goes(last_at="r.found_at")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, update")
    __row_rules__ = RowRules(
        fixed=("token", "found_at"),
        names_actor=("decided_by",),
        together=(("decided_by", "decided_at"),),
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One row for one client there."""
        waits = text("state = 'open'")
        return (
            *super().constraints(),
            UniqueConstraint("token"),
            CheckConstraint(
                "state in ('open', 'same', 'other', 'linked', 'added')", name="state_known"
            ),
            Index("ix_intakeq_arrival_open", "found_at", "id", postgresql_where=waits),
            Index("ix_intakeq_arrival_found_at", "found_at"),
        )

    token: Mapped[bytes] = operational(LargeBinary(8), nullable=False)
    """Of the client's number there, keyed."""
    client_id: Mapped[uuid.UUID] = phi(Uuid, ForeignKey(CLIENT), nullable=False, index=True)
    """Who on record it looks like most."""
    level: Mapped[str] = phi(String(10), nullable=False)
    reasons: Mapped[list[str]] = phi(ARRAY(String(20)), nullable=False, info={MAX: REASONS_MAX})
    state: Mapped[str] = phi(String(10), nullable=False, server_default="open", default="open")
    found_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    profile_sealed: Mapped[bytes | None] = sealed()

    profile = SealedText(max_chars=8_000)  # JSON, as it was read


class IntakeqMerge(LocalRecord, Base):
    """IntakeQ made one client of two: one is gone there and what they had names the other.

    `hint` is that something moved while both are there, `open` a merge that we may follow, `undone` one
    that IntakeQ took apart again, `apart` one that someone does not want to follow.
    """

    __tablename__ = "intakeq_merge"
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, update")
    __row_rules__ = RowRules(
        fixed=("gone_id", "into_id", "found_at"),
        names_actor=("decided_by",),
        together=(("decided_by", "decided_at"),),
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One row for two clients."""
        return (
            *super().constraints(),
            UniqueConstraint("gone_id", "into_id"),
            CheckConstraint("gone_id <> into_id", name="two_clients"),
            CheckConstraint("state in ('hint', 'open', 'undone', 'apart')", name="state_known"),
            CheckConstraint("moved >= 0", name="moved_counted"),
        )

    gone_id: Mapped[uuid.UUID] = phi(Uuid, ForeignKey(CLIENT), nullable=False)
    into_id: Mapped[uuid.UUID] = phi(Uuid, ForeignKey(CLIENT), nullable=False, index=True)
    moved: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    """How many of its objects were seen to name the other client."""
    state: Mapped[str] = phi(String(10), nullable=False, server_default="hint", default="hint")
    found_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    undone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
