"""Appointments as a file."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.appointments import repository
from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import Exportable, ExportRow
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.coded import words

HEADS = (
    "Appointment", "Client record", "Client", "Clinician", "Starts", "Ends", "State", "Service", "Place",
    "Note",
)  # fmt: skip


async def load(tx: ReadSession, after: uuid.UUID | None, limit: int) -> Sequence[ExportRow]:
    """Some appointments, behind one of them. Reading them is audited."""
    found = await repository.behind(tx, after, limit=limit)
    names = await names_of(tx, [each.client_id for each in found])
    staff = await staff_names(tx)
    return [
        ExportRow(
            each.id,
            each.client_id,
            [
                str(each.id),
                str(each.client_id),
                names.get(each.client_id, ""),
                staff.get(str(each.clinician_id), ""),
                each.starts_at,
                each.ends_at,
                words(each.status),
                each.service or "",
                each.place or "",
                each.local_note or "",
            ],
        )
        for each in found
    ]


APPOINTMENTS = Exportable(
    kind="appointments",
    title="Appointments",
    permission="appointments.read",
    heads=HEADS,
    load=load,
)
