"""What a client's page says of absences: who is away until when, and who covers."""

import uuid
from datetime import timedelta

from lmhg_gateway.features.absences import repository
from lmhg_gateway.features.absences.rules import is_shown
from lmhg_gateway.features.absences.views import cover_words
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.web.points import Banner
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession


async def banners(tx: ReadSession, client_id: uuid.UUID) -> list[Banner]:
    """Who covers for a client whose clinician or contact is away.

    The day here may be over at Greenwich, so it asks from the day before.
    """
    yesterday = utc_now().date() - timedelta(days=1)
    covers = await repository.covers_of_client(tx, client_id)
    found = [
        (cover, absence)
        for cover, absence in covers
        if is_shown(absence.first_on, absence.last_on, today=yesterday)
    ]
    if not found:
        return []
    staff = await staff_names(tx)
    newest = {absence.id: (cover, absence) for cover, absence in reversed(found)}
    return [
        Banner(
            sentence=cover_words(absence, staff, cover_id=cover.cover_id),
            href=f"/absences/{absence.id}",
            label="See the absence",
            tone="info",
        )
        for cover, absence in newest.values()
    ]
