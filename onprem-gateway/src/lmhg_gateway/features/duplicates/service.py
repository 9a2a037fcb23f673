"""Use cases of pairs: find who someone may be, look again after a change, and remember who is not the same."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from lmhg_gateway.features.clients.public import (
    Records,
    candidates,
    mark_checked,
    records_of,
    to_check,
)
from lmhg_gateway.features.duplicates import repository
from lmhg_gateway.features.duplicates.models import ClientPair
from lmhg_gateway.features.duplicates.rules import Likeness, best, key_of
from lmhg_gateway.web.points import Traits
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

NOT_SAME = "not_same"
OPEN = "open"
GONE = "gone"
SHOWN_MAX = 5
"""People who are shown while someone types: more would only hide the likely ones."""
CHECKED_MAX = 50
"""Clients looked at in one unit of work of the worker."""


class Match(NamedTuple):
    """Someone on record who may be the person, with how much they look like them."""

    records: Records
    likeness: Likeness


async def find(
    tx: ReadSession, traits: Sequence[Traits], *, but: Iterable[uuid.UUID] = ()
) -> list[Match]:
    """Clients who may be the person of whom this is said, the surest first. Reading them is audited."""
    found = [
        Match(each, best(traits, each.traits)) for each in await candidates(tx, traits, but=but)
    ]
    return sorted((each for each in found if each.likeness.level), key=_surest)


def _surest(match: Match) -> tuple[bool, float, uuid.UUID]:
    return (not match.likeness.is_certain, -match.likeness.points, match.records.client.id)


async def forget_undecided(tx: WriteSession, client_id: uuid.UUID) -> None:
    """Take away the pairs of a client whose record goes, but for what someone decided."""
    await repository.remove_undecided(tx, client_id)


async def look_again(tx: WriteSession) -> int:
    """Look who else the clients may be of whom something changed; how many clients were looked at."""
    ids = await to_check(tx, limit=CHECKED_MAX)
    for records in await records_of(tx, ids):
        await recheck(tx, records)
    if ids:
        await mark_checked(tx, ids)
    return len(ids)


async def recheck(tx: WriteSession, records: Records) -> None:
    """Bring the pairs of one client up to date: what was decided stays so."""
    own = records.client.id
    known = await repository.of_clients(tx, records.ids)
    apart = {
        each for pair in known if pair.state == NOT_SAME for each in (pair.one_id, pair.other_id)
    } - set(records.ids)
    found = {
        each.records.client.id: each.likeness
        for each in await find(tx, records.traits, but=records.ids)
        if not apart & set(each.records.ids)
    }
    before = {
        repository.other_of(pair, own): pair
        for pair in known
        if own in {pair.one_id, pair.other_id}
    }
    for other_id, likeness in found.items():
        await _put(tx, own, other_id, likeness, before.get(other_id))
    rest = {each: pair for each, pair in before.items() if pair.state == OPEN and each not in found}
    for other in await records_of(tx, rest):
        likeness = best(records.traits, other.traits)
        await _put(tx, own, other.client.id, likeness, rest[other.client.id])


async def _put(
    tx: WriteSession,
    one: uuid.UUID,
    other: uuid.UUID,
    likeness: Likeness,
    known: ClientPair | None,
) -> None:
    if known is None:
        first, second = key_of(one, other)
        # Two workers or a form may find one pair at a time: the second finds the row of the first.
        known = await repository.between(tx, first, second)
        if known is None:
            fresh = ClientPair(one_id=first, other_id=second, points=0.0, level="", reasons=[])
            _say(fresh, likeness)
            await repository.add(tx, fresh)
            return
    if known.state != NOT_SAME:
        known.state = OPEN if likeness.level else GONE
    _say(known, likeness)


def _say(pair: ClientPair, likeness: Likeness) -> None:
    """Set what differs of how much a pair looks like one person."""
    said = {
        "points": likeness.points,
        "is_certain": likeness.is_certain,
        "level": likeness.level or "none",
        "reasons": [each.value for each in likeness.reasons],
    }
    for name, value in said.items():
        if getattr(pair, name) != value:
            setattr(pair, name, value)


async def tell_apart(
    tx: WriteSession, client_id: uuid.UUID, others: Sequence[uuid.UUID], by: str
) -> None:
    """Remember that a client is none of these others, and who said so."""
    if not others:
        return
    at = utc_now()
    found = {each.client.id: each for each in await records_of(tx, [client_id, *others])}
    own = found.get(client_id)
    for other_id in others:
        if own is None or other_id not in found:
            continue
        first, second = key_of(client_id, other_id)
        pair = await repository.between(tx, first, second)
        if pair is None:
            pair = ClientPair(one_id=first, other_id=second, points=0.0, level="", reasons=[])
            _say(pair, best(own.traits, found[other_id].traits))
            pair.state, pair.decided_by, pair.decided_at = NOT_SAME, by, at
            await repository.add(tx, pair)
        elif pair.state != NOT_SAME:
            pair.state, pair.decided_by, pair.decided_at = NOT_SAME, by, at


async def decide_not_same(tx: WriteSession, pair_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Say that two records are of two people. Raises: NotFound, Conflict."""
    pair = await _held(tx, pair_id)
    if pair.state != OPEN:
        raise Conflict("pair_decided")
    pair.state, pair.decided_by, pair.decided_at = NOT_SAME, by, at


async def take_back(tx: WriteSession, pair_id: uuid.UUID) -> None:
    """Ask again whether two records are of one person. Raises: NotFound, Conflict."""
    pair = await _held(tx, pair_id)
    if pair.state != NOT_SAME:
        raise Conflict("pair_decided")
    pair.state, pair.decided_by, pair.decided_at = OPEN, None, None


async def _held(tx: WriteSession, pair_id: uuid.UUID) -> ClientPair:
    pair = await repository.locked(tx, pair_id)
    if pair is None:
        raise NotFound("client_pair")
    return pair


async def next_waiting(tx: ReadSession) -> uuid.UUID | None:
    """The first pair of the queue."""
    found = await repository.queue(tx)
    return found[0] if found else None
