"""The table of canary sweeps."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Integer,
    String,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules


class CanarySweep(Base):
    """One search for invented clients outside the wall: where it looked, and what it counted."""

    __tablename__ = "canary_sweep"
    __table_args__ = (
        CheckConstraint("octet_length(places::text) <= 65536", name="bounded"),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(is_final=True)
    __access__ = access(gw_worker="select, insert", gw_workspace="select, insert")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    started_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    finished_at: Mapped[datetime] = operational(DateTime(timezone=True), nullable=False)
    recorded_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    recorded_by: Mapped[str] = operational(String(80), nullable=False)
    tokens: Mapped[int] = operational(Integer, nullable=False)
    places: Mapped[dict[str, Any]] = operational(JSONB, nullable=False)
    findings: Mapped[int] = operational(Integer, nullable=False)
