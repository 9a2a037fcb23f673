"""The record of people leaving."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Integer, Uuid, func
from sqlalchemy.orm import Mapped

from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Base, operational
from lmhg_kit.persistence.access import access


class Offboarding(Base):
    """One offboarding: when it was done, by whom, and what ended in that instant."""

    __tablename__ = "offboarding"
    __table_args__ = {"schema": "practice"}  # noqa: RUF012 - SQLAlchemy's declared name
    __access__ = access(gw_worker="select", gw_workspace="select, insert")

    id: Mapped[uuid.UUID] = operational(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False, index=True)
    by_id: Mapped[uuid.UUID] = operational(Uuid, nullable=False)
    at: Mapped[datetime] = operational(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    sessions: Mapped[int] = operational(Integer, nullable=False)
    tokens: Mapped[int] = operational(Integer, nullable=False)
    letters: Mapped[int] = operational(Integer, nullable=False)
    clients: Mapped[int] = operational(Integer, nullable=False)
    secrets: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    """Secrets of programs that the person had seen."""
    requests: Mapped[int] = operational(Integer, nullable=False, server_default="0", default=0)
    """What the person had asked for and nobody had decided."""
    profile_version: Mapped[int | None] = operational(BigInteger, nullable=True)
    """The version of the profile that says so; the portal's receipt of it is waited for."""
