"""All SQL of clients."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased, load_only

from lmhg_gateway.features.clients.models import Client, ClientIndexed, ClientToken
from lmhg_gateway.features.clients.search_rules import Groups
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.parts import Part, is_one_of

COUNTED_MAX = 500
"""What is counted of a search: bearers of a word, to begin with the rarest, and who is found."""
LISTED_MAX = 5_000
"""What is counted of the list of all: a practice has fewer, and counting more costs more than the list."""

QUERIES_MAX = 64
"""Queries of other features that ask for the names of their clients."""


async def by_id(tx: ReadSession, client_id: uuid.UUID) -> Client | None:
    """One client."""
    return await tx.get(Client, client_id)


async def with_ids(tx: ReadSession, ids: Iterable[uuid.UUID]) -> Sequence[Client]:
    """These clients, in no order."""
    wanted = list(set(ids))
    return (await tx.scalars(_WITH_IDS, {"ids": wanted})).all() if wanted else []


_WITH_IDS = select(Client).where(is_one_of(Client.id, "ids"))
_CALLED = load_only(
    Client.legal_name_sealed, Client.name_used_sealed, Client.mobile_sealed, Client.phone_sealed
)
_CALLS = _WITH_IDS.options(_CALLED)


@lru_cache(QUERIES_MAX)
def _calls_in(ids: Select[Any]) -> Select[Client]:
    return select(Client).options(_CALLED).where(Client.id.in_(ids))


async def calls_with_ids(
    tx: ReadSession, ids: Iterable[uuid.UUID] | Select[Any], given: Mapping[str, object]
) -> Sequence[Client]:
    """These clients in no order, with what a name and a number to call are made of, and no more."""
    if isinstance(ids, Select):
        return (await tx.scalars(_calls_in(ids), given)).all()
    wanted = list(set(ids))
    return (await tx.scalars(_CALLS, {"ids": wanted})).all() if wanted else []


_REACHED = load_only(
    Client.legal_name_sealed,
    Client.name_used_sealed,
    Client.mobile_sealed,
    Client.phone_sealed,
    Client.email_sealed,
    Client.address_sealed,
    Client.may_voicemail,
    Client.may_text,
    Client.may_email,
    Client.may_mail,
)
_REACH = _WITH_IDS.options(_REACHED)


@lru_cache(QUERIES_MAX)
def _reach_in(ids: Select[Any]) -> Select[Client]:
    return select(Client).options(_REACHED).where(Client.id.in_(ids))


async def reach_with_ids(
    tx: ReadSession, ids: Iterable[uuid.UUID] | Select[Any], given: Mapping[str, object]
) -> Sequence[Client]:
    """These clients in no order, with how they may be reached, and no more."""
    if isinstance(ids, Select):
        return (await tx.scalars(_reach_in(ids), given)).all()
    wanted = list(set(ids))
    return (await tx.scalars(_REACH, {"ids": wanted})).all() if wanted else []


async def by_tail(tx: ReadSession, tail: str) -> Sequence[Client]:
    """Clients whose id ends with these digits: hardly ever more than one."""
    query = select(Client).where(func.right(cast(Client.id, String), len(tail)) == tail)
    return (await tx.scalars(query.limit(PAGE_SIZE))).all()


async def locked(tx: WriteSession, client_id: uuid.UUID) -> Client | None:
    """One client, held until this unit of work ends."""
    return await tx.scalar(select(Client).where(Client.id == client_id).with_for_update())


async def everyone(tx: ReadSession, *, first: int, size: int) -> tuple[Sequence[Client], int]:
    """A part of all clients with all that is on record, last changed first; and how many there are."""
    return await _EVERYONE.read(tx, first=first, size=size)


async def behind(tx: ReadSession, after: uuid.UUID | None, *, limit: int) -> Sequence[Client]:
    """Some clients with all that is on record, in the order of their ids, behind one of them."""
    query = select(Client).where(_GOES_ON).order_by(Client.id).limit(limit)
    return (await tx.scalars(query.where(Client.id > after) if after else query)).all()


_GOES_ON = Client.merged_into.is_(None)
_EVERYONE = Part(select(Client).where(_GOES_ON).order_by(Client.updated_at.desc(), Client.id))


async def recent(
    tx: ReadSession, *, first: int, size: int, sort: str = "-changed"
) -> tuple[Sequence[Client], int]:
    """A part of all clients in the order asked for, with what a list shows.

    And how many there are, counted up to `LISTED_MAX` and one more.
    """
    return await _ALL[sort].read(tx, first=first, size=size)


_LISTED = (
    Client.legal_name_sealed,
    Client.name_used_sealed,
    Client.birth_date_sealed,
    Client.mobile_sealed,
    Client.phone_sealed,
    Client.payer_sealed,
    Client.part2,
    Client.updated_at,
)
"""What the list shows, and no more."""
_ALL: Mapping[str, Part[Client]] = {
    sort: Part(
        select(Client).where(_GOES_ON).options(load_only(*_LISTED)).order_by(order, Client.id),
        count_max=LISTED_MAX,
    )
    for sort, order in (
        ("-changed", Client.updated_at.desc()),
        ("changed", Client.updated_at.asc()),
        ("-added", Client.created_at.desc()),
        ("added", Client.created_at.asc()),
    )
}
"""By order; names are sealed, so the database cannot order by them."""


async def with_tokens(
    tx: ReadSession, groups: Groups, *, limit: int = PAGE_SIZE + 1, first: int = 0
) -> Sequence[Client]:
    """Clients that have a token of every group, last changed first, up to a limit."""
    wanted = await _bearers(tx, groups)
    query = select(Client).where(Client.id.in_(wanted))
    ordered = query.order_by(Client.updated_at.desc(), Client.id)
    return (await tx.scalars(ordered.offset(first).limit(limit))).all()


async def count_with_tokens(tx: ReadSession, groups: Groups) -> int:
    """How many have a token of every group, counted up to a bound and one more."""
    wanted = await _bearers(tx, groups)
    counted = select(func.count()).select_from(wanted.limit(COUNTED_MAX + 1).subquery())
    return int(await tx.scalar(counted) or 0)


async def _bearers(tx: ReadSession, groups: Groups) -> Select[uuid.UUID]:
    """The ids of clients that have a token of every group.

    The rarest group is walked and the others are looked up, so that a search costs what its rarest
    word costs; by how many is asked up to a bound.
    """
    first, *others = [
        group for _, group in sorted([(await _borne(tx, g), g) for g in groups], key=_count)
    ]
    bearers = select(ClientToken.client_id).where(ClientToken.token.in_(sorted(first)))
    for group in others:
        also = aliased(ClientToken)
        bearers = bearers.where(
            exists().where(also.client_id == ClientToken.client_id, also.token.in_(sorted(group)))
        )
    return bearers.distinct()


async def _borne(tx: ReadSession, group: set[bytes]) -> int:
    """How many clients have a token of a group, up to a bound."""
    some = select(ClientToken.client_id).where(ClientToken.token.in_(sorted(group)))
    counted = select(func.count()).select_from(some.limit(COUNTED_MAX).subquery())
    return await tx.scalar(counted) or 0


def _count(borne: tuple[int, set[bytes]]) -> int:
    return borne[0]


async def add(tx: WriteSession, client: Client) -> None:
    """Keep a new client on-prem."""
    tx.add(client)
    await tx.flush()


async def not_indexed(tx: WriteSession, *, scheme: int, limit: int) -> Sequence[Client]:
    """Clients whose tokens are not of this scheme, held until this unit of work ends."""
    ids = (
        select(Client.id)
        .outerjoin(ClientIndexed, ClientIndexed.client_id == Client.id)
        .where(ClientIndexed.scheme.is_distinct_from(scheme))
        .order_by(Client.id)
        .limit(limit)
    )
    wanted = (await tx.scalars(ids)).all()
    if not wanted:
        return []
    query = select(Client).where(Client.id.in_(wanted)).order_by(Client.id).with_for_update()
    return (await tx.scalars(query)).all()


async def mark_indexed(
    tx: WriteSession, client_id: uuid.UUID, *, scheme: int, to_check: bool
) -> None:
    """Remember by which scheme a client's tokens were made, and whether they changed."""
    row = insert(ClientIndexed).values(client_id=client_id, scheme=scheme, to_check=to_check)
    checked = {"scheme": scheme, "to_check": ClientIndexed.to_check | row.excluded.to_check}
    await tx.execute(row.on_conflict_do_update(index_elements=["client_id"], set_=checked))


async def to_check(tx: WriteSession, *, limit: int) -> Sequence[uuid.UUID]:
    """Clients whose tokens changed since the last check, held until this unit of work ends."""
    query = select(ClientIndexed.client_id).where(ClientIndexed.to_check)
    ordered = query.order_by(ClientIndexed.client_id).limit(limit)
    return (await tx.scalars(ordered.with_for_update(skip_locked=True))).all()


async def mark_checked(tx: WriteSession, ids: Sequence[uuid.UUID]) -> None:
    """Remember that someone looked who else these clients may be."""
    some = ClientIndexed.client_id.in_(ids)
    await tx.execute(update(ClientIndexed).where(some).values(to_check=False))


async def merged_into(tx: ReadSession, ids: Iterable[uuid.UUID]) -> Sequence[Client]:
    """The records that were merged into these."""
    return (await tx.scalars(_MERGED_INTO, {"ids": list(ids)})).all()


async def ids_merged_into(tx: ReadSession, client_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The ids of the records that were merged into this one: nothing of them is opened."""
    return (await tx.scalars(select(Client.id).where(Client.merged_into == client_id))).all()


async def point(
    tx: WriteSession, ids: Sequence[uuid.UUID], *, from_id: uuid.UUID, to_id: uuid.UUID
) -> None:
    """Of records that were merged into one, say that another goes on for them."""
    if ids:
        some = (Client.id.in_(ids), Client.merged_into == from_id)
        await tx.execute(update(Client).where(*some).values(merged_into=to_id))


async def records_of(tx: ReadSession, ids: Iterable[uuid.UUID]) -> Sequence[Client]:
    """These records and those merged into them, with what tells people apart."""
    return (await tx.scalars(_RECORDS_OF, {"ids": list(ids)})).all()


async def goes_on_as(tx: ReadSession, client_id: uuid.UUID) -> uuid.UUID | None:
    """The record that goes on for this one: itself unless it was merged."""
    query = select(func.coalesce(Client.merged_into, Client.id)).where(Client.id == client_id)
    return await tx.scalar(query)


_MERGED_INTO = select(Client).where(is_one_of(Client.merged_into, "ids"))
_RECORDS_OF = (
    select(Client)
    .where(or_(is_one_of(Client.id, "ids"), is_one_of(Client.merged_into, "ids")))
    .options(
        load_only(
            Client.legal_name_sealed,
            Client.name_used_sealed,
            Client.birth_date_sealed,
            Client.phone_sealed,
            Client.mobile_sealed,
            Client.email_sealed,
            Client.address_sealed,
            Client.merged_into,
            Client.part2,
            Client.updated_at,
        )
    )
)


async def sharing(
    tx: ReadSession, tokens: Iterable[bytes], *, but: Iterable[uuid.UUID], limit: int
) -> Sequence[uuid.UUID]:
    """The clients that share most of these tokens, but for some."""
    given = {"tokens": list(tokens), "but": list(but), "most": limit}
    return (await tx.scalars(_SHARING, given)).all()


_SHARING = (
    select(ClientToken.client_id)
    .where(
        is_one_of(ClientToken.token, "tokens"),
        not_(is_one_of(ClientToken.client_id, "but")),
    )
    .group_by(ClientToken.client_id)
    .order_by(func.count().desc(), ClientToken.client_id)
    .limit(bindparam("most", type_=BigInteger))
)
