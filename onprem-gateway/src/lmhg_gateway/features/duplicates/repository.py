"""All SQL of pairs."""

import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import aliased

from lmhg_gateway.features.clients.public import Client
from lmhg_gateway.features.duplicates.models import ClientPair
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part, is_one_of

PAIRS_MAX = 100
"""Pairs of one client that are looked at."""
_ONE, _OTHER = aliased(Client), aliased(Client)


def waiting(what: Any) -> Select[Any]:  # noqa: ANN401 - a column, a table or a count
    """Pairs that someone has to decide: neither record was merged meanwhile."""
    return (
        select(what)
        .select_from(ClientPair)
        .join(_ONE, _ONE.id == ClientPair.one_id)
        .join(_OTHER, _OTHER.id == ClientPair.other_id)
        .where(ClientPair.state == "open", _ONE.merged_into.is_(None), _OTHER.merged_into.is_(None))
    )


_ORDER = (ClientPair.is_certain.desc(), ClientPair.points.desc(), ClientPair.id)
WAITING_COUNT: Select[int] = waiting(func.count())
_LISTED: Part[ClientPair] = Part(waiting(ClientPair).order_by(*_ORDER))
_IDS = waiting(ClientPair.id).order_by(*_ORDER)
QUEUE_MAX = 1_000
"""Pairs that are walked by their place in the queue."""


async def listed(tx: ReadSession, *, first: int, size: int) -> tuple[Sequence[ClientPair], int]:
    """A part of the queue, the surest first; and how many wait."""
    return await _LISTED.read(tx, first=first, size=size)


async def queue(tx: ReadSession) -> Sequence[uuid.UUID]:
    """The pairs that wait, in order."""
    return (await tx.scalars(_IDS.limit(QUEUE_MAX))).all()


async def by_id(tx: ReadSession, pair_id: uuid.UUID) -> ClientPair | None:
    """One pair."""
    return await tx.get(ClientPair, pair_id)


async def locked(tx: WriteSession, pair_id: uuid.UUID) -> ClientPair | None:
    """One pair, held until this unit of work ends."""
    return await tx.scalar(select(ClientPair).where(ClientPair.id == pair_id).with_for_update())


async def of_clients(tx: ReadSession, ids: Iterable[uuid.UUID]) -> Sequence[ClientPair]:
    """Every pair in which one of these records is."""
    query = select(ClientPair).where(_has_any())
    return (await tx.scalars(query.limit(PAIRS_MAX), {"ids": list(ids)})).all()


async def open_of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[ClientPair]:
    """The pairs of one client that wait, the surest first."""
    return (await tx.scalars(_open_of_client(), {"ids": [client_id]})).all()


@cache
def _open_of_client() -> "Select[ClientPair]":
    return waiting(ClientPair).where(_has_any()).order_by(*_ORDER).limit(3)


async def between(tx: WriteSession, one_id: uuid.UUID, other_id: uuid.UUID) -> ClientPair | None:
    """The row of two records, if there is one; the smaller id first."""
    is_pair = and_(ClientPair.one_id == one_id, ClientPair.other_id == other_id)
    return await tx.scalar(select(ClientPair).where(is_pair).with_for_update())


async def add(tx: WriteSession, pair: ClientPair) -> None:
    """Keep a pair."""
    tx.add(pair)
    await tx.flush()


def other_of(pair: ClientPair, client_id: uuid.UUID) -> uuid.UUID:
    """The other record of a pair."""
    return pair.other_id if pair.one_id == client_id else pair.one_id


def _has_any() -> ColumnElement[bool]:
    return or_(is_one_of(ClientPair.one_id, "ids"), is_one_of(ClientPair.other_id, "ids"))


async def remove_undecided(tx: WriteSession, client_id: uuid.UUID) -> None:
    """Delete the pairs of a client that nobody decided."""
    own = or_(ClientPair.one_id == client_id, ClientPair.other_id == client_id)
    await tx.execute(delete(ClientPair).where(own, ClientPair.decided_at.is_(None)))
