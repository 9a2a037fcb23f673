"""What waits for a person: asked of the features at each page, stored nowhere, so always true."""

from collections.abc import Sequence

from lmhg_kit.feature import Asked, Note, NoteProvider
from lmhg_kit.http.access import gate_of
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import AnyRequest, actor_of, reading


def asked_by(request: AnyRequest, text: str = "") -> Asked:
    """The person of this request, as providers see them."""
    gate, session = gate_of(request), visit_of(request).session
    roles = session.roles if session else frozenset[str]()
    person = actor_of(request).id
    return Asked(person_id=person, may=lambda permission: gate.allows(roles, permission), text=text)


async def notes_for(request: AnyRequest, providers: Sequence[NoteProvider]) -> list[Note]:
    """What waits for the person of this request; a provider they lack the permission for is silent."""
    asked = asked_by(request)
    allowed = [each for each in providers if asked.may(each.permission)]
    if not allowed:
        return []
    found: list[Note] = []
    async with reading(request, "notes") as tx:
        for provider in allowed:
            found.extend(await provider.find(tx, asked))
    return [note for note in found if note.count]
