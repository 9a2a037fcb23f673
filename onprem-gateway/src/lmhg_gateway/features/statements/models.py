"""The table of monthly statements: who asked, how far it is, and the result that stays."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, String, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

TEXT_MAX = 262_144
"""Letters of a statement: its lists are bounded, so a page of them is far below."""


class MonthStatement(Base):
    """One statement that someone asked for. Once finished it stays for ever, made or refused."""

    __tablename__ = "statement"
    __table_args__ = (
        CheckConstraint(
            "(finished_at is null) = (outcome is null)"
            " and (outcome is distinct from 'made' or body is not null)",
            name="finished_whole",
        ),
        Index(
            "uq_statement_waiting",
            "month",
            unique=True,
            postgresql_where=text("finished_at is null"),
        ),
        {"schema": "compliance"},
    )
    __row_rules__ = RowRules(
        fixed=("month", "zone", "asked_by", "asked_at"), over_when="old.finished_at is not null"
    )
    __access__ = access(
        gw_worker="select, update", gw_workspace="select, insert (asked_by, id, month, zone)"
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    month: Mapped[str] = operational(String(7), nullable=False)
    zone: Mapped[str] = operational(String(64), nullable=False)
    asked_by: Mapped[str] = operational(String(80), nullable=False)
    asked_at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    starts: Mapped[int] = operational(Integer, nullable=False, server_default="0")
    moved_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    permille: Mapped[int] = operational(Integer, nullable=False, server_default="0")
    finished_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
    outcome: Mapped[str | None] = operational(String(8), nullable=True)  # made, refused
    body: Mapped[str | None] = operational(String(TEXT_MAX), nullable=True)
    findings: Mapped[list[dict[str, Any]] | None] = operational(JSONB, nullable=True)
    compared: Mapped[dict[str, Any] | None] = operational(JSONB, nullable=True)
    seen: Mapped[dict[str, str] | None] = operational(JSONB, nullable=True)
