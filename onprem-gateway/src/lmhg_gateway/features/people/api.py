"""People for programs: who has an account, with which roles. Changing that asks for a person."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromQuery

from lmhg_gateway.features.people import repository
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class PersonOut(msgspec.Struct, frozen=True, kw_only=True):
    """One person with an account."""

    id: uuid.UUID
    display_name: str
    email: str
    roles: list[str]
    active: bool
    ended_at: datetime | None


class PeopleOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the people, and how many there are."""

    people: list[PersonOut]
    total: int


@answers("/api/v1/people", "people.manage", purpose="people.list", tag="people")
async def list_people(
    tx: ReadSession,
    _ask: Ask[Any],
    *,
    everybody: FromQuery[bool] = False,
    page: FromQuery[PageNumber] = 1,
) -> PeopleOut:
    """Fifty people who work here, or everybody who ever did, by name."""
    found = await repository.listed(
        tx, q="", ended=everybody, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE
    )
    return PeopleOut(
        total=await repository.count(tx, q="", ended=everybody),
        people=[
            PersonOut(
                id=each.id,
                display_name=each.display_name,
                email=each.email,
                roles=sorted(each.roles),
                active=each.active,
                ended_at=each.ended_at,
            )
            for each in found
        ],
    )


HANDLERS = (list_people,)
