"""Tables of colleagues."""

from sqlalchemy import Boolean, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, Record, exempt, operational
from lmhg_kit.persistence.access import ALL, access


class StaffProfile(Record, Base):
    """A colleague: name and roles may cross, the IntakeQ address may not."""

    __tablename__ = "staff_profile"
    __table_args__ = (*Record.constraints(), {"schema": "practice"})
    __access__ = access(gw_worker=ALL, gw_workspace=ALL)

    display_name: Mapped[str] = exempt(String(120), nullable=False)
    roles: Mapped[list[str]] = exempt(ARRAY(String(40)), nullable=False)
    active: Mapped[bool] = exempt(Boolean, nullable=False, server_default="true", default=True)
    email: Mapped[str] = operational(String(200), nullable=False, unique=True)
