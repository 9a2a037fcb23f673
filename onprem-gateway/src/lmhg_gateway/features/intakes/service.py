"""Use cases of intakes: store a form that was filled in."""

import uuid

from lmhg_gateway.adapters.intakeq import Form
from lmhg_gateway.features.clients.public import link, linked
from lmhg_gateway.features.intakes.models import Intake
from lmhg_kit.persistence import WriteSession

KIND = "intake"


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
