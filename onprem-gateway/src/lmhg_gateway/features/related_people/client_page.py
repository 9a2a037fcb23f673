"""What a client's page shows of the people around them, and of the privacy notice."""

import uuid

from lmhg_gateway.features.related_people import repository
from lmhg_gateway.features.related_people.views import Around, notice, row
from lmhg_kit.persistence import ReadSession


async def around(tx: ReadSession, client_id: uuid.UUID) -> list[Around]:
    """The people, who is called in an emergency first; and how the notice was given."""
    people, notices = await tx.together(
        repository.of_client(tx, client_id), repository.notices_of(tx, client_id)
    )
    newest = notice(notices[0]) if notices else None
    return [Around([row(each) for each in people], newest)]
