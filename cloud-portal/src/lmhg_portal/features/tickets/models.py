"""Tables of tickets. Their home is here; the gateway holds a read-only replica."""

import uuid
from datetime import datetime

from sqlalchemy import Boolean, DateTime, ForeignKey, String, Uuid, func
from sqlalchemy.orm import Mapped

from lmhg_kit.persistence import Base, exempt
from lmhg_kit.persistence.access import access
from lmhg_kit.persistence.records import CloudRecord


class Ticket(CloudRecord, Base):
    """A request for help. Redacted, it says only that its text was moved to the gateway."""

    __tablename__ = "ticket"
    __access__ = access(po_portal="select, insert, update", po_worker="select, update")
    release_kind = "ticket"

    subject: Mapped[str] = exempt(String(200), nullable=False)
    body: Mapped[str] = exempt(String(4000), nullable=False)
    category: Mapped[str] = exempt(String(20), nullable=False)
    urgency: Mapped[str] = exempt(String(10), nullable=False)
    state: Mapped[str] = exempt(String(10), nullable=False, server_default="new", default="new")
    filed_by: Mapped[uuid.UUID] = exempt(Uuid, nullable=False, index=True)
    filed_at: Mapped[datetime] = exempt(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    assignee_id: Mapped[uuid.UUID | None] = exempt(Uuid, nullable=True)
    redacted: Mapped[bool] = exempt(Boolean, nullable=False, server_default="false", default=False)


class TicketMessage(CloudRecord, Base):
    """An answer to a ticket, or a note among support."""

    __tablename__ = "ticket_message"
    __access__ = access(po_portal="select, insert", po_worker="select, update")
    release_kind = "ticket_message"

    ticket_id: Mapped[uuid.UUID] = exempt(
        Uuid, ForeignKey("portal.ticket.id"), nullable=False, index=True
    )
    author_id: Mapped[uuid.UUID] = exempt(Uuid, nullable=False)
    body: Mapped[str] = exempt(String(4000), nullable=False)
    internal: Mapped[bool] = exempt(Boolean, nullable=False, server_default="false", default=False)
    redacted: Mapped[bool] = exempt(Boolean, nullable=False, server_default="false", default=False)
    sent_at: Mapped[datetime] = exempt(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
