"""Tables of submitted intakes."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped

from lmhg_gateway.kernel.disposal import Goes
from lmhg_kit.persistence import Base, LocalRecord, SealedText, phi, sealed
from lmhg_kit.persistence.access import access


class Intake(LocalRecord, Base):
    """A form that a client submitted: its name and its answers, sealed."""

    __tablename__ = "intake"
    __disposal__ = Goes(last_at="coalesce(r.submitted_at, r.created_at)")
    __access__ = access(
        gw_worker="select, insert, update", gw_workspace="select, update (client_id)"
    )

    client_id: Mapped[uuid.UUID] = phi(
        Uuid, ForeignKey("practice.client.id"), nullable=False, index=True
    )
    status: Mapped[str] = phi(String(24), nullable=False)
    submitted_at: Mapped[datetime | None] = phi(DateTime(timezone=True), nullable=True)
    form_name_sealed: Mapped[bytes | None] = sealed()
    answers_sealed: Mapped[bytes | None] = sealed(max_bytes=4_194_304)

    form_name = SealedText(max_chars=200)
    answers = SealedText(max_chars=1_000_000)  # JSON, as IntakeQ sent the questions
