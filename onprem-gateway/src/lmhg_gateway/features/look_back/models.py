"""Tables of looking back: how far it is, each pass, and what was found later; never a text, never a match."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational
from lmhg_kit.persistence.access import ALL, access
from lmhg_kit.persistence.row_rules import RowRules

ONLY = 1
"""The id of the one row of `look_back_state`."""


class LookBackState(Base):
    """Up to which change of a client everything in the cloud was searched."""

    __tablename__ = "look_back_state"
    __table_args__ = (
        CheckConstraint(f"id = {ONLY}", name="only_one"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select")

    id: Mapped[int] = operational(SmallInteger, primary_key=True)
    cursor: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    masks: Mapped[bytes | None] = operational(LargeBinary(32), nullable=True)
    """Which colleagues and allowed words the last whole pass knew, as a digest."""


class LookBackPass(Base):
    """One search of everything in the cloud; one that never finished was interrupted."""

    __tablename__ = "look_back_pass"
    __table_args__ = (
        CheckConstraint("scope in ('changed', 'whole')", name="scope_known"),
        Index("ix_look_back_pass_scope_finished_at", "scope", "finished_at"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker=ALL, gw_workspace="select")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    scope: Mapped[str] = operational(String(8), nullable=False)
    started_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    finished_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    clients: Mapped[int] = operational(Integer, nullable=False)
    texts: Mapped[int] = operational(BigInteger, nullable=False, server_default="0")
    found: Mapped[int] = operational(Integer, nullable=False, server_default="0")


class LookBackFinding(Base):
    """One record in the cloud that names someone who became a client later."""

    __tablename__ = "look_back_finding"
    __table_args__ = (
        UniqueConstraint("kind", "record_id", "version"),
        Index("ix_look_back_finding_open", "found_at", postgresql_where=text("gone_at is null")),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(only=("gone_at",), over_when="old.gone_at is not null")
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    pass_id: Mapped[uuid.UUID] = operational(
        Uuid, ForeignKey("compliance.look_back_pass.id"), nullable=False
    )
    kind: Mapped[str] = operational(String(40), nullable=False)
    record_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    version: Mapped[int] = operational(BigInteger, nullable=False)
    rule: Mapped[str] = operational(String(60), nullable=False)
    place: Mapped[str] = operational(String(60), nullable=False)
    is_missed: Mapped[bool] = operational(Boolean, nullable=False)
    """Whether the search after a client's change should have found it, and the nightly one did."""
    found_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    readable_since: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """When it reached the portal, or was written there; none if nothing says so yet."""
    gone_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    """When the portal confirmed that nobody can read it any more."""
