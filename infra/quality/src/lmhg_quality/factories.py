"""What several folders' tests set up the same way, with valid defaults: a test names what matters."""

import uuid
from datetime import UTC, datetime

from lmhg_gateway.features.announcements.models import Announcement
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.screening.rules import ClientIndex, Person, screen
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_stack.proof import person_of

ANA, BEN = person_of(uuid.UUID(int=0xA)), person_of(uuid.UUID(int=0xB))
LEOPOLD = Person(
    names=("Leopold Hargreaves",),
    phones=("502 555 0199",),
    emails=("sunflower77@example.org",),
    birth_date="1988-05-23",
)


async def released_announcement(
    db: Database, *, title: str, body: str = "All staff.", is_standing: bool = False
) -> Announcement:
    """An announcement for the portal, asked for by Ana and approved by Ben; not screened yet.

    Under a standing approval its text may change later; an approval for one record is for its text.
    """
    record = Announcement(
        title=title, body=body, author_id=uuid.uuid4(), published_at=datetime.now(UTC)
    )
    covered = None if is_standing else record.id
    async with db.uow(ANA, "ask") as tx:
        tx.add(record)
        tx.sync_session.add(
            ExemptionRequest(kind="announcement", record_id=covered, requested_by=ANA.id)
        )
    async with db.uow(BEN, "approve") as tx:
        exemption = Exemption(
            kind="announcement", record_id=covered, requested_by=ANA.id, approved_by=BEN.id
        )
        tx.sync_session.add(exemption)
        await tx.flush()
        held = await tx.get_one(Announcement, record.id)
        held.exemption_id, held.hipaa_exempt = exemption.id, True
    return record


def index_of(*people: Person | str) -> ClientIndex:
    """An index of clients, by what is known of each or by a name alone."""
    made = ClientIndex()
    for number, person in enumerate(people):
        made.put(str(number), Person(names=(person,)) if isinstance(person, str) else person)
    return made


def is_held(index: ClientIndex, text: str) -> bool:
    """Whether a text stays here."""
    return screen({"body": text}, index) is not None
