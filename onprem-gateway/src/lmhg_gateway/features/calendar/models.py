"""Tables of the calendar: what the cloud may know of an appointment, and nothing else."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, Record, exempt, phi
from lmhg_kit.persistence.access import ALL, access


class CalendarBlock(Record, Base):
    """A stretch of a clinician's time under the standing approval "calendar export".

    `appointment_id` stays here: it is not a field of the contract, so no projection carries it.
    """

    __tablename__ = "calendar_block"
    __disposal__ = Goes(
        where="r.appointment_id in (select a.id from practice.appointment a where a.client_id = any(who))"
    )
    __table_args__ = (
        *Record.constraints(),
        UniqueConstraint("appointment_id"),
        {"schema": "practice"},
    )
    __access__ = access(gw_worker=ALL, gw_workspace=ALL)

    appointment_id: Mapped[uuid.UUID] = phi(Uuid, nullable=False)
    clinician_id: Mapped[uuid.UUID] = exempt(Uuid, nullable=False)
    starts_at: Mapped[datetime] = exempt(DateTime(timezone=True), nullable=False)
    ends_at: Mapped[datetime] = exempt(DateTime(timezone=True), nullable=False)
    busy: Mapped[str] = exempt(String(16), nullable=False)
