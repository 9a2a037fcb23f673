"""The table of outside services: what each does, what it may see, and the contract that allows it."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, Integer, String, Uuid
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.row_rules import RowRules

NAME_MAX, WORDS_MAX = 120, 300


class Vendor(Base):
    """One outside service, with its business associate agreement where it has one."""

    __tablename__ = "vendor"
    __table_args__ = (
        CheckConstraint("contract_until >= contract_on", name="contract_ends_after_it_begins"),
        {"schema": "compliance"},
    )
    __access__ = access(gw_worker="select", gw_workspace="select, insert, update")
    __row_rules__ = RowRules(
        begins={"ended_at": "null"},
        made_by_power=("gw_workspace",),
        changed_by_power=("gw_workspace",),
        together=(("ended_at", "ended_by"),),
        changed_by_actor=("changed_by",),
        names_actor=("ended_by",),
    )

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = operational(String(NAME_MAX), nullable=False)
    does: Mapped[str] = operational(String(WORDS_MAX), nullable=False)
    sees: Mapped[str] = operational(String(16), nullable=False)
    contact: Mapped[str] = operational(String(WORDS_MAX), nullable=False, server_default="")
    """Whom to call at the vendor when something happened."""
    contract_on: Mapped[date | None] = operational(Date, nullable=True)
    contract_until: Mapped[date | None] = operational(Date, nullable=True)
    review_on: Mapped[date | None] = operational(Date, nullable=True)
    version: Mapped[int] = operational(Integer, nullable=False, server_default="1", default=1)
    changed_by: Mapped[str] = operational(String(80), nullable=False)
    ended_by: Mapped[str | None] = operational(String(80), nullable=True)
    ended_at: Mapped[datetime | None] = operational(DateTime(timezone=True), nullable=True)
