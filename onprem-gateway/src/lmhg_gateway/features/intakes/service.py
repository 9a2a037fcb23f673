"""Use cases of intakes: store a form that was filled in."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lmhg_gateway.adapters.intakeq import Form
from lmhg_gateway.features.clients.public import link, linked
from lmhg_gateway.features.intakes.models import Intake
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "intake"


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


async def store_form(tx: WriteSession, form: Form, *, client_id: uuid.UUID) -> bool:
    """A submitted intake, created or brought up to date; whether it is new."""
    known = await linked(tx, KIND, form.id)
    intake = await tx.get(Intake, known) if known else None
    fresh = intake is None
    intake = intake or Intake(client_id=client_id)
    intake.status = form.status
    intake.form_name = form.name
    left_out = {note.partition(":")[0] for note in form.left_out}
    if "submitted_at" not in left_out:
        intake.submitted_at = form.submitted_at
    if "answers" not in left_out:
        intake.answers = form.answers
    if fresh:
        tx.add(intake)
        await tx.flush()
        await link(tx, KIND, form.id, intake.id)
    return fresh
