"""Pairs for programs: who someone may be, the queue, and that two records are of two people."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath, FromQuery, JSONBody

from lmhg_gateway.features.clients.public import names_of, typed_traits
from lmhg_gateway.features.duplicates import client_check, repository, service
from lmhg_gateway.features.duplicates.forms import Typing
from lmhg_gateway.features.duplicates.models import ClientPair
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, asks, does
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

PageNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
PATH = "/api/v1/clients/duplicates"


class AlikeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A client who may be the person, how sure it is, and why in words."""

    client_id: uuid.UUID
    name: str
    level: str
    why: str
    known: str


class FoundAlike(msgspec.Struct, frozen=True, kw_only=True):
    """Clients who may be the person, the surest first; at most five."""

    alike: list[AlikeOut]


class PairOut(msgspec.Struct, frozen=True, kw_only=True):
    """Two records that may be of one person."""

    id: uuid.UUID
    one_id: uuid.UUID
    one: str
    other_id: uuid.UUID
    other: str
    level: str
    points: float
    reasons: list[str]
    state: str
    decided_at: datetime | None


class PairsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the queue, the surest first, and how many pairs wait."""

    pairs: list[PairOut]
    total: int


async def _out(tx: ReadSession, found: list[ClientPair]) -> list[PairOut]:
    names = await names_of(tx, (each for pair in found for each in (pair.one_id, pair.other_id)))
    return [
        PairOut(
            id=each.id,
            one_id=each.one_id,
            one=names.get(each.one_id, ""),
            other_id=each.other_id,
            other=names.get(each.other_id, ""),
            level=each.level,
            points=float(each.points),
            reasons=list(each.reasons),
            state=each.state,
            decided_at=each.decided_at,
        )
        for each in found
    ]


@asks(PATH + "/check", "duplicates.check", purpose="client.check", tag="clients")
async def check_client(tx: ReadSession, _ask: Ask[Any], data: JSONBody[Typing]) -> FoundAlike:
    """Who on record someone may be; what is known of them travels in the body."""
    found = await client_check.find(tx, typed_traits(msgspec.structs.asdict(data)))
    return FoundAlike(
        alike=[
            AlikeOut(
                client_id=each.client_id,
                name=each.name,
                level=each.level,
                why=each.why,
                known=each.known,
            )
            for each in found
        ]
    )


@answers(PATH, "duplicates.decide", purpose="duplicates.list", tag="clients")
async def list_pairs(tx: ReadSession, _ask: Ask[Any], page: FromQuery[PageNumber] = 1) -> PairsOut:
    """Fifty pairs that wait, the surest first."""
    found, total = await repository.listed(tx, first=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)
    return PairsOut(pairs=await _out(tx, list(found)), total=total)


@does(
    PATH + "/{pair_id:uuid}/not-same",
    "duplicates.decide",
    purpose="duplicates.not_same",
    tag="clients",
)
async def decide_not_same(tx: WriteSession, ask: Ask[Any], pair_id: FromPath[uuid.UUID]) -> PairOut:
    """Say that two records are of two people."""
    await service.decide_not_same(tx, pair_id, by=ask.by, at=ask.at)
    return await _pair(tx, pair_id)


@does(
    PATH + "/{pair_id:uuid}/ask-again",
    "duplicates.decide",
    purpose="duplicates.ask_again",
    tag="clients",
)
async def ask_pair_again(tx: WriteSession, _ask: Ask[Any], pair_id: FromPath[uuid.UUID]) -> PairOut:
    """Take back that two records are of two people."""
    await service.take_back(tx, pair_id)
    return await _pair(tx, pair_id)


async def _pair(tx: WriteSession, pair_id: uuid.UUID) -> PairOut:
    await tx.flush()
    pair = await repository.by_id(tx, pair_id)
    if pair is None:
        raise NotFound("client_pair")
    return (await _out(tx, [pair]))[0]


HANDLERS = (check_client, list_pairs, decide_not_same, ask_pair_again)
