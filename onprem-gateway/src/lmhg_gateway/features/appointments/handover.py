"""What a handover finds of appointments: those to come with a clinician. IntakeQ moves them, not we."""

from collections.abc import Sequence

from lmhg_gateway.features.appointments import repository
from lmhg_gateway.web.away import CaseRow, CaseRows, Leave
from lmhg_kit.persistence import ReadSession


async def _find(tx: ReadSession, leaves: Sequence[Leave]) -> list[CaseRow]:
    """Appointments that take place while these clinicians are away."""
    found = await repository.booked_with(tx, leaves) if leaves else []
    return [
        CaseRow(each.id, each.client_id, each.clinician_id, each.starts_at)
        for each in found
        if each.clinician_id is not None
    ]


CASE_ROWS = CaseRows(
    kind="appointment", noun="appointment", permission="appointments.read", find=_find
)
