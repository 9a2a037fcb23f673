"""Tables of clinical notes: that one was locked, not what it says."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Integer, LargeBinary, Uuid
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, operational, phi, sealed
from lmhg_kit.persistence.access import access


class Note(LocalRecord, Base):
    """A locked note. A re-lock raises `locks`; `content_token` tells whether its text changed."""

    __tablename__ = "note"
    __disposal__ = Goes(last_at="r.locked_at", is_visit=True)
    __access__ = access(
        gw_worker="select, insert, update", gw_workspace="select, update (client_id)"
    )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    locked_at: Mapped[datetime] = phi(DateTime(timezone=True), nullable=False)
    locks: Mapped[int] = operational(Integer, nullable=False, server_default="1", default=1)
    content_token: Mapped[bytes] = phi(LargeBinary(32), nullable=False)
    title_sealed: Mapped[bytes | None] = sealed()

    title = SealedText(max_chars=200)
