"""The people of a referral for programs: listed, added, removed."""

import uuid
from datetime import date
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.referral_people import repository, service
from lmhg_gateway.features.referral_people.forms import NewPart
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

BASE = "/api/v1/referrals/{referral_id:uuid}/people"


class PartOut(msgspec.Struct, frozen=True, kw_only=True):
    """One person who takes part."""

    id: uuid.UUID
    client_id: uuid.UUID
    name: str
    role: str


class PeopleOut(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a referral was made, and who takes part besides."""

    client_id: uuid.UUID
    people: list[PartOut]


class TakesPartOut(msgspec.Struct, frozen=True, kw_only=True):
    """A referral in which a client takes part, though it was made for someone else."""

    referral_id: uuid.UUID
    client_id: uuid.UUID
    client: str
    role: str
    state: str
    received_on: date


class PartsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The referrals in which a client takes part, newest first."""

    referrals: list[TakesPartOut]


async def _out(tx: ReadSession, referral_id: uuid.UUID) -> PeopleOut:
    referral = await repository.referral(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    return PeopleOut(
        client_id=referral.client_id,
        people=[
            PartOut(id=each.part_id, client_id=each.client_id, name=each.name, role=each.role)
            for each in await service.people_of(tx, referral_id)
        ],
    )


@answers(BASE, "referral_people.read", purpose="referral.people", tag="referrals")
async def list_people(
    tx: ReadSession, _ask: Ask[Any], referral_id: FromPath[uuid.UUID]
) -> PeopleOut:
    """Who takes part in a referral."""
    return await _out(tx, referral_id)


@does(BASE, "referral_people.write", purpose="referral.add_person", tag="referrals", status=201)
async def add_part(
    tx: WriteSession, ask: Ask[Any], referral_id: FromPath[uuid.UUID], data: JSONBody[NewPart]
) -> PeopleOut:
    """Add someone."""
    await service.add(tx, referral_id, data, by=ask.by, at=ask.at)
    return await _out(tx, referral_id)


@does(
    BASE + "/{part_id:uuid}",
    "referral_people.write",
    purpose="referral.remove_person",
    tag="referrals",
    method="DELETE",
)
async def remove_part(
    tx: WriteSession, ask: Ask[Any], referral_id: FromPath[uuid.UUID], part_id: FromPath[uuid.UUID]
) -> PeopleOut:
    """Take someone out; their own record stays."""
    await service.remove(tx, referral_id, part_id, by=ask.by, at=ask.at)
    return await _out(tx, referral_id)


@answers(
    "/api/v1/clients/{client_id:uuid}/takes-part",
    "referral_people.read",
    purpose="referral.people",
    tag="referrals",
)
async def list_parts(tx: ReadSession, _ask: Ask[Any], client_id: FromPath[uuid.UUID]) -> PartsOut:
    """Referrals in which a client takes part, though they were made for someone else."""
    return PartsOut(
        referrals=[
            TakesPartOut(
                referral_id=each.referral_id,
                client_id=each.client_id,
                client=each.name,
                role=each.role,
                state=each.state,
                received_on=each.received_on,
            )
            for each in await service.takes_part(tx, [client_id])
        ]
    )


HANDLERS = (list_people, add_part, remove_part, list_parts)
