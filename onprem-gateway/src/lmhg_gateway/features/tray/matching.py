"""Who on record a paper may be about: the duplicates' own index first, then what the search finds."""

import uuid
from collections.abc import Sequence
from datetime import date

import msgspec

from lmhg_gateway.features.clients.public import (
    Client,
    birth_date_of,
    search_among_others,
    shown_name,
)
from lmhg_gateway.features.duplicates.public import LEVEL_WORDS, find, why
from lmhg_gateway.web.points import Traits
from lmhg_kit.persistence import ReadSession

SHOWN_MAX = 6
_TONES = {"certain": "ok", "probable": "ok", "may_be": "info"}


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A client on record who may be the person, and why."""

    client_id: uuid.UUID
    name: str
    born: date | None
    level: str
    """certain, probable, may_be, or nothing for one whom only the search finds."""
    said: str
    tone: str = msgspec.field(name="kind")  # as the JSON API has always called it
    why: str


async def candidates(tx: ReadSession, name: str, born: date | None) -> list[Candidate]:
    """The few clients who look most like the person, the surest first."""
    if not name and born is None:
        return []
    traits = Traits(names=(name,) if name else (), born=born)
    made = [
        Candidate(
            client_id=each.records.client.id,
            name=shown_name(each.records.client),
            born=birth_date_of(each.records.client),
            level=each.likeness.level,
            said=LEVEL_WORDS[each.likeness.level],
            tone=_TONES[each.likeness.level],
            why=why(each.likeness.reasons),
        )
        for each in (await find(tx, [traits]))[:SHOWN_MAX]
    ]
    for text, reason in _searches(name, born):
        if len(made) < SHOWN_MAX:
            found = await search_among_others(tx, text, limit=SHOWN_MAX)
            made += _only_found(found, reason, known={each.client_id for each in made})
    return made[:SHOWN_MAX]


def _searches(name: str, born: date | None) -> list[tuple[str, str]]:
    by_name = [(name, "found by the name")] if name else []
    by_birth = [(f"{born:%m/%d/%Y}", "found by the birth date")] if born else []
    return by_name + by_birth


def _only_found(
    clients: Sequence[Client], reason: str, *, known: set[uuid.UUID]
) -> list[Candidate]:
    return [
        Candidate(
            client_id=each.id,
            name=shown_name(each),
            born=birth_date_of(each),
            level="",
            said="",
            tone="",
            why=reason,
        )
        for each in clients
        if each.id not in known
    ]
