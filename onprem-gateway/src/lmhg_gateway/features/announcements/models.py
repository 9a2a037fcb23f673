"""Tables of announcements."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, String, Uuid
from sqlalchemy.orm import Mapped

from lmhg_contracts.kinds.base import TITLE_MAX
from lmhg_kit.persistence import Base, Record, exempt
from lmhg_kit.persistence.access import ALL, access


class Announcement(Record, Base):
    """A notice to staff: local_only until a second person approved its exemption."""

    __tablename__ = "announcement"
    __table_args__ = (*Record.constraints(), {"schema": "practice"})
    __access__ = access(gw_worker="select, insert, update", gw_workspace=ALL)

    title: Mapped[str] = exempt(String(TITLE_MAX), nullable=False)
    body: Mapped[str] = exempt(String(4000), nullable=False)
    author_id: Mapped[uuid.UUID] = exempt(Uuid, nullable=False)
    published_at: Mapped[datetime] = exempt(DateTime(timezone=True), nullable=False)
