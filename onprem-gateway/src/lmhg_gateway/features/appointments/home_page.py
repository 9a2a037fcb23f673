"""What the home page shows of appointments: how many today, and a clinician's own day."""

from collections.abc import Sequence

from msgspec.structs import replace

from lmhg_gateway.features.appointments import repository
from lmhg_gateway.features.appointments.views import AppointmentRow, rows, takes_place
from lmhg_gateway.features.clients.public import calls_of
from lmhg_gateway.web.points import HomeAsk, Stat
from lmhg_kit.persistence import ReadSession
from lmhg_kit.practice import Practice


async def at_home(tx: ReadSession, practice: Practice) -> Sequence[Stat]:
    """How many there are today."""
    count = await repository.count_between(tx, *practice.bounds(practice.today()))
    return [Stat(count, "Appointments today", "/appointments")]


async def own_day(tx: ReadSession, ask: HomeAsk) -> Sequence[AppointmentRow]:
    """Today's appointments of this clinician, earliest first."""
    practice, person = ask.practice, ask.person_id
    today = practice.bounds(practice.today())
    (touching, _), desks = await tx.together(
        repository.between(tx, *today), repository.desks_between(tx, *today)
    )
    found = [each for each in touching if each.clinician_id == person and takes_place(each, desks)]
    calls = await calls_of(tx, (each.client_id for each in found))
    names = {client: name for client, (name, _) in calls.items()}
    made = rows(found, clients=names, staff={}, desks=desks)
    return [replace(row, phone=calls.get(row.client_id, ("", ""))[1]) for row in made]
