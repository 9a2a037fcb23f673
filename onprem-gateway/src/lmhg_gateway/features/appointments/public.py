"""What other features may ask of appointments."""

import uuid
from datetime import datetime

from lmhg_gateway.features.appointments import repository
from lmhg_gateway.features.appointments.views import AppointmentRow, rows
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[AppointmentRow]:
    """A client's appointments, newest first."""
    found = await repository.of_client(tx, client_id)
    return rows(found, clients={}, staff=await staff_names(tx))


async def count_between(tx: ReadSession, start: datetime, end: datetime) -> int:
    """How many appointments take place in this time."""
    return await repository.count_between(tx, start, end)
