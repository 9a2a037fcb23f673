"""Use cases of the people of a referral."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.referral_people import repository
from lmhg_gateway.features.referral_people.forms import NewPart
from lmhg_gateway.features.referral_people.models import ReferralPerson
from lmhg_gateway.features.referral_people.rules import ROLES, Part, check_add, once
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

NAMELESS = "(no name on file)"


class Person(NamedTuple):
    """One person of a referral, in words."""

    part_id: uuid.UUID
    client_id: uuid.UUID
    name: str
    role: str
    role_words: str


class TakesPart(NamedTuple):
    """A referral in which a client takes part, though it was made for someone else."""

    referral_id: uuid.UUID
    client_id: uuid.UUID
    """For whom it was made."""
    name: str
    role: str
    role_words: str
    received_on: date
    state: str
    concern_code: str


async def people_of(tx: ReadSession, referral_id: uuid.UUID) -> list[Person]:
    """Who takes part besides the person that the referral was made for, each once."""
    found = await repository.of_referral(tx, referral_id)
    shown = {each.client_id for each in once([Part(one.client_id, one.role) for one in found])}
    names = await names_of(tx, shown)
    people: list[Person] = []
    for each in found:
        if each.client_id in shown:
            shown.discard(each.client_id)
            people.append(_person(each, names.get(each.client_id, NAMELESS)))
    return people


def _person(each: ReferralPerson, name: str) -> Person:
    return Person(each.id, each.client_id, name, each.role, ROLES[each.role])


async def takes_part(tx: ReadSession, client_ids: Sequence[uuid.UUID]) -> list[TakesPart]:
    """The referrals in which these clients take part, newest first, each once a client."""
    found = await repository.of_clients(tx, client_ids)
    names = await names_of(tx, (referral.client_id for _, referral in found))
    made = {
        (part.client_id, referral.id): TakesPart(
            referral.id,
            referral.client_id,
            names.get(referral.client_id, NAMELESS),
            part.role,
            ROLES[part.role],
            referral.received_on,
            referral.state,
            referral.concern_code,
        )
        for part, referral in reversed(found)
    }
    return list(made.values())[::-1]


async def add(
    tx: WriteSession, referral_id: uuid.UUID, form: NewPart, *, by: str, at: datetime
) -> ReferralPerson:
    """One more person takes part. Raises: NotFound, Invalid."""
    referral = await repository.locked_referral(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    if form.client not in await names_of(tx, [form.client]):
        raise NotFound("client")
    there = {each.client_id for each in await repository.of_referral(tx, referral_id)}
    check_add(form.client, own=referral.client_id, there=there)
    part = ReferralPerson(
        referral_id=referral_id,
        client_id=form.client,
        role=form.role,
        added_by=by,
        added_at=at,
    )
    await repository.add(tx, part)
    return part


async def remove(
    tx: WriteSession, referral_id: uuid.UUID, part_id: uuid.UUID, *, by: str, at: datetime
) -> ReferralPerson:
    """A person takes no part any more; their own record stays. Raises: NotFound."""
    part = await repository.locked(tx, part_id)
    if part is None or part.referral_id != referral_id:
        raise NotFound("referral_part")
    for each in await repository.of_referral(tx, part.referral_id):
        if each.client_id == part.client_id:
            each.removed_by, each.removed_at = by, at
    await tx.flush()
    return part


async def restore(tx: WriteSession, referral_id: uuid.UUID, part_id: uuid.UUID) -> ReferralPerson:
    """Take a removal back. Raises: NotFound, Invalid where the person was added again meanwhile."""
    part = await repository.locked(tx, part_id)
    referral = await repository.locked_referral(tx, referral_id)
    if part is None or referral is None or part.referral_id != referral_id:
        raise NotFound("referral_part")
    there = {each.client_id for each in await repository.of_referral(tx, referral_id)}
    check_add(part.client_id, own=referral.client_id, there=there)
    part.removed_by, part.removed_at = None, None
    await tx.flush()
    return part
