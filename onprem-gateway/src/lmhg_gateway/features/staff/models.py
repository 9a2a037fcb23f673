"""Tables of colleagues."""

import uuid
from datetime import date

from sqlalchemy import Boolean, Date, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, Record, exempt, operational
from lmhg_kit.persistence.access import access


class StaffProfile(Record, Base):
    """A colleague at work, as the portal may know it; the address that IntakeQ knows stays here."""

    __tablename__ = "staff_profile"
    __table_args__ = (*Record.constraints(), {"schema": "practice"})
    __access__ = access(gw_worker="select, insert, update", gw_workspace="select, insert, update")

    display_name: Mapped[str] = exempt(String(120), nullable=False)
    roles: Mapped[list[str]] = exempt(ARRAY(String(40)), nullable=False)
    active: Mapped[bool] = exempt(Boolean, nullable=False, server_default="true", default=True)
    email: Mapped[str] = operational(String(200), nullable=False, unique=True)
    work_email: Mapped[str] = exempt(String(200), nullable=False, server_default="", default="")
    hired_on: Mapped[date | None] = exempt(Date, nullable=True)
    manager_id: Mapped[uuid.UUID | None] = exempt(Uuid, nullable=True)
