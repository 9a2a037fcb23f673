"""What a client's page shows of appointments: all of theirs, newest first."""

import uuid

from lmhg_gateway.features.appointments import repository
from lmhg_gateway.features.appointments.desk_repository import desks_of
from lmhg_gateway.features.appointments.views import AppointmentRow, rows
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.persistence import ReadSession


async def rows_of_client(tx: ReadSession, client_id: uuid.UUID) -> list[AppointmentRow]:
    """A client's appointments, newest first."""
    found = await repository.of_client(tx, client_id)
    desks, staff = await tx.together(desks_of(tx, [each.id for each in found]), staff_names(tx))
    return rows(found, clients={}, staff=staff, desks=desks)
