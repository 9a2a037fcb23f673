"""What the form of a new client shows: who on record the person may be, and why."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.clients.public import shown_name
from lmhg_gateway.features.duplicates import service
from lmhg_gateway.features.duplicates.rules import LEVEL_WORDS, why
from lmhg_gateway.features.duplicates.views import known_words
from lmhg_gateway.features.referrals.public import over_since
from lmhg_gateway.web.points import Alike, ClientCheck, Traits
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/clients/duplicates/check"
TEMPLATE = "duplicates/alike_part.html"


async def find(tx: ReadSession, traits: Traits) -> list[Alike]:
    """The few clients who look most like the person, the surest first."""
    found = (await service.find(tx, [traits]))[: service.SHOWN_MAX]
    over = await over_since(tx, [each.records.client.id for each in found]) if found else {}
    return [
        Alike(
            client_id=each.records.client.id,
            name=shown_name(each.records.client),
            level=each.likeness.level,
            said=LEVEL_WORDS[each.likeness.level],
            why=why(each.likeness.reasons),
            known=known_words(over.get(each.records.client.id)),
        )
        for each in found
    ]


async def tell_apart(
    tx: WriteSession, client_id: uuid.UUID, others: Sequence[uuid.UUID], by: str
) -> None:
    """Remember that a new client is none of those who were shown."""
    await service.tell_apart(tx, client_id, others, by)


CHECK = ClientCheck(path=PATH, template=TEMPLATE, find=find, tell_apart=tell_apart)
