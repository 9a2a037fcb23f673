"""What a client's page shows of appointments: all of theirs, newest first."""

import uuid

from lmhg_gateway.features.appointments import repository
from lmhg_gateway.features.appointments.views import AppointmentRow, rows
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[AppointmentRow]:
    """A client's appointments, newest first."""
    found = await repository.of_client(tx, client_id)
    return rows(found, clients={}, staff=await staff_names(tx))
