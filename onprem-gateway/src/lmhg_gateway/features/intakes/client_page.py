"""What a client's page shows of intakes: the forms that they sent, newest first."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lmhg_gateway.features.intakes.models import Intake
from lmhg_kit.persistence import ReadSession


@dataclass(frozen=True)
class IntakeRow:
    """One submitted form of a client."""

    id: uuid.UUID
    form_name: str
    status: str
    submitted_at: datetime | None


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[IntakeRow]:
    """A client's intakes, newest first."""
    query = select(Intake).where(Intake.client_id == client_id)
    found = await tx.scalars(query.order_by(Intake.submitted_at.desc()).limit(100))
    return [
        IntakeRow(each.id, each.form_name or "Form", each.status, each.submitted_at)
        for each in found
    ]
