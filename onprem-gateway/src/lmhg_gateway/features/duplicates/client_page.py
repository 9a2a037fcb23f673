"""What a client's page and form say first: who else on record the client may be."""

import uuid

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.duplicates import repository
from lmhg_gateway.features.duplicates.rules import LEVEL_WORDS, why
from lmhg_gateway.web.points import Banner
from lmhg_kit.persistence import ReadSession


async def banners(tx: ReadSession, client_id: uuid.UUID) -> list[Banner]:
    """One for each other record that may be of this client, the surest first."""
    pairs = await repository.open_of_client(tx, client_id)
    others = {pair.id: repository.other_of(pair, client_id) for pair in pairs}
    names = await names_of(tx, others.values()) if pairs else {}
    return [
        Banner(
            sentence=f"{LEVEL_WORDS[pair.level]} as {names[others[pair.id]]}: {why(pair.reasons)}.",
            href=f"/clients/duplicates/{pair.id}",
            label="Compare the two records",
        )
        for pair in pairs
    ]
