"""Use cases of intakes: store a form that was filled in."""

import uuid
from datetime import datetime

from sqlalchemy import select

from lmhg_gateway.adapters.intakeq import Form
from lmhg_gateway.features.clients.public import link, linked
from lmhg_gateway.features.intakes.models import Intake
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "intake"


async def client_of_form(tx: ReadSession, form_id: str) -> uuid.UUID | None:
    """Whose form it is so far: an id, and nothing about anybody."""
    known = await linked(tx, KIND, form_id)
    return await tx.scalar(select(Intake.client_id).where(Intake.id == known)) if known else None


async def form_sent_at(tx: ReadSession, form_id: str) -> datetime | None:
    """When a form that we have was sent."""
    known = await linked(tx, KIND, form_id)
    return await tx.scalar(select(Intake.submitted_at).where(Intake.id == known)) if known else None


async def store_form(tx: WriteSession, form: Form, *, client_id: uuid.UUID) -> tuple[Intake, bool]:
    """A submitted intake, created or brought up to date; and whether it is new."""
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
    return intake, fresh
