"""Use cases of clients that IntakeQ has twice or merged."""

import uuid
from datetime import datetime

import msgspec

from lmhg_gateway.adapters.intakeq import Person
from lmhg_gateway.features.clients.public import (
    Client,
    store_person,
    traits_of_profile,
)
from lmhg_gateway.features.differences.public import copies_of_record, token_of
from lmhg_gateway.features.duplicates.public import Match, find, tell_apart
from lmhg_gateway.features.intakeq_people import repository
from lmhg_gateway.features.intakeq_people.models import (
    REASONS_MAX,
    IntakeqArrival,
    IntakeqMerge,
)
from lmhg_gateway.features.intakeq_people.rules import after_back, after_gone, after_move
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import WriteSession

KIND = "client"
ALIKE = frozenset({"certain", "probable"})
"""How much a client of IntakeQ's has to look like someone on record to be held."""


class PersonHeld(Exception):
    """Someone has to say first who this client of IntakeQ's is."""


async def who_is(tx: WriteSession, person: Person, *, may_add: bool) -> Client:
    """The client of a profile that is new here. Raises: PersonHeld.

    Someone who certainly is on record is that person. Who only looks like someone is held, or, where it
    cannot wait (`may_add`), added as a record of their own and shown among the possible duplicates.
    """
    token = token_of(KIND, person.number)
    row = await repository.by_token(tx, token)
    found = [] if row is not None and row.state == "other" else await _alike(tx, person)
    certain = [each for each in found if each.likeness.is_certain]
    if len(certain) == 1:
        await _record(tx, person, certain[0], row, state="linked")
        return await store_person(tx, person, same_as=certain[0].records.client.id)
    if found and not may_add:
        await _record(tx, person, found[0], row, state="open")
        raise PersonHeld
    if found:
        await _record(tx, person, found[0], row, state="added")
    return await store_person(tx, person)


async def _alike(tx: WriteSession, person: Person) -> list[Match]:
    matches = await find(tx, [traits_of_profile(person)])
    return [each for each in matches if each.likeness.level in ALIKE]


async def _record(
    tx: WriteSession,
    person: Person,
    match: Match,
    row: IntakeqArrival | None,
    *,
    state: str,
) -> None:
    """Write down whom a new client looks like; a decision stays."""
    said = {
        "client_id": match.records.client.id,
        "level": match.likeness.level,
        "reasons": [each.value for each in match.likeness.reasons][:REASONS_MAX],
        "state": state,
        "profile": msgspec.json.encode(person).decode(),
    }
    if row is None:
        await repository.add(tx, IntakeqArrival(token=token_of(KIND, person.number), **said))
    elif row.state == "open":
        for name, value in said.items():
            if getattr(row, name) != value:
                setattr(row, name, value)


def profile_of(row: IntakeqArrival) -> Person:
    """What IntakeQ says of the client."""
    return msgspec.json.decode(row.profile or "", type=Person)


async def decide_same(
    tx: WriteSession, arrival_id: uuid.UUID, *, by: str, at: datetime
) -> IntakeqArrival:
    """It is the person on record: what IntakeQ has goes there. Raises: NotFound, Conflict."""
    row = await _open(tx, arrival_id)
    await store_person(tx, profile_of(row), same_as=row.client_id)
    row.state, row.decided_by, row.decided_at = "same", by, at
    return row


async def decide_other(
    tx: WriteSession, arrival_id: uuid.UUID, *, by: str, at: datetime
) -> IntakeqArrival:
    """It is someone else: they get a record of their own. Raises: NotFound, Conflict."""
    row = await _open(tx, arrival_id)
    client = await store_person(tx, profile_of(row))
    await tell_apart(tx, client.id, [row.client_id], by)
    row.state, row.decided_by, row.decided_at = "other", by, at
    return row


async def _open(tx: WriteSession, arrival_id: uuid.UUID) -> IntakeqArrival:
    row = await repository.locked(tx, arrival_id)
    if row is None:
        raise NotFound("arrival")
    if row.state != "open":
        raise Conflict("arrival_decided")
    return row


async def record_move(tx: WriteSession, from_id: uuid.UUID, to_id: uuid.UUID) -> None:
    """Something that named one client in IntakeQ names another one now."""
    if from_id == to_id:
        return
    copies = await copies_of_record(tx, KIND, from_id)
    is_gone = bool(copies) and all(each.gone_at is not None for each in copies)
    row = await repository.merge_of(tx, from_id, to_id)
    state = after_move(row.state if row else None, is_gone=is_gone)
    if row is None:
        made = IntakeqMerge(gone_id=from_id, into_id=to_id, moved=1, state=state)
        await repository.add(tx, made)
        return
    row.moved += 1
    row.state = state


async def record_gone(tx: WriteSession, client_id: uuid.UUID) -> None:
    """IntakeQ has a client no more: what moved from them was a merge."""
    for row in await repository.merges_of_gone(tx, client_id):
        row.state = after_gone(row.state)


async def record_back(tx: WriteSession, client_id: uuid.UUID, *, at: datetime) -> None:
    """IntakeQ has a client again: their merge was taken apart."""
    for row in await repository.merges_of_gone(tx, client_id):
        state = after_back(row.state)
        if state != row.state:
            row.state, row.undone_at = state, at
            row.decided_by, row.decided_at = None, None


async def leave_apart(
    tx: WriteSession, merge_id: uuid.UUID, *, by: str, at: datetime
) -> IntakeqMerge:
    """Do not follow a merge of IntakeQ's. Raises: NotFound, Conflict."""
    row = await _merge(tx, merge_id)
    if row.state != "open":
        raise Conflict("merge_decided")
    row.state, row.decided_by, row.decided_at = "apart", by, at
    return row


async def ask_again(tx: WriteSession, merge_id: uuid.UUID) -> IntakeqMerge:
    """Ask again whether to follow it. Raises: NotFound, Conflict."""
    row = await _merge(tx, merge_id)
    if row.state != "apart":
        raise Conflict("merge_decided")
    row.state, row.decided_by, row.decided_at = "open", None, None
    return row


async def _merge(tx: WriteSession, merge_id: uuid.UUID) -> IntakeqMerge:
    row = await repository.locked_merge(tx, merge_id)
    if row is None:
        raise NotFound("intakeq_merge")
    return row
