"""The table of pairs of records that may be of one person."""

import uuid
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped
from sqlalchemy.schema import SchemaItem

from lmhg_kit.persistence import Base, LocalRecord, operational, phi
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

CLIENT = "practice.client.id"


class ClientPair(LocalRecord, Base):
    """Two records that may be of one person: a row for both, whichever was looked at first."""

    __tablename__ = "client_pair"
    __access__ = access(
        gw_worker="select, insert, update, delete", gw_workspace="select, insert, update"
    )
    __row_rules__ = RowRules(
        is_kept=False,  # the worker takes away what nobody decided; wall.sql keeps what someone did
        fixed=("one_id", "other_id"),
        names_actor=("decided_by",),
        together=(("decided_by", "decided_at"),),
    )

    @classmethod
    def constraints(cls) -> tuple[SchemaItem, ...]:
        """One row for two records, and the index of those that wait."""
        waits = text("state = 'open'")
        return (
            *super().constraints(),
            UniqueConstraint("one_id", "other_id"),
            CheckConstraint("one_id < other_id", name="in_order"),
            CheckConstraint("state in ('open', 'not_same', 'gone')", name="state_known"),
            Index("ix_client_pair_open", "is_certain", "points", postgresql_where=waits),
        )

    one_id: Mapped[uuid.UUID] = phi(Uuid, ForeignKey(CLIENT), nullable=False)
    other_id: Mapped[uuid.UUID] = phi(Uuid, ForeignKey(CLIENT), nullable=False, index=True)
    points: Mapped[float] = phi(Numeric(5, 1, asdecimal=False), nullable=False)
    is_certain: Mapped[bool] = phi(Boolean, nullable=False, server_default="false", default=False)
    level: Mapped[str] = phi(String(10), nullable=False)
    reasons: Mapped[list[str]] = phi(ARRAY(String(20)), nullable=False)
    state: Mapped[str] = phi(String(10), nullable=False, server_default="open", default="open")
    decided_by: Mapped[str | None] = operational(String(80), nullable=True)
    decided_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
