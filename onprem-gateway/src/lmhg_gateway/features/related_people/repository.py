"""All SQL of the people around a client."""

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from lmhg_gateway.features.related_people.models import PrivacyNotice, RelatedPerson, RelatedToken
from lmhg_kit.persistence import ReadSession, WriteSession

OF_CLIENT_MAX = 50


async def by_id(tx: ReadSession, person_id: uuid.UUID) -> RelatedPerson | None:
    """One person."""
    return await tx.get(RelatedPerson, person_id)


async def locked(tx: WriteSession, person_id: uuid.UUID) -> RelatedPerson | None:
    """One person, held until this unit of work ends."""
    query = select(RelatedPerson).where(RelatedPerson.id == person_id)
    return await tx.scalar(query.with_for_update())


async def of_client(tx: ReadSession, client_id: uuid.UUID) -> Sequence[RelatedPerson]:
    """The people around a client, who is called in an emergency first."""
    return (await tx.scalars(_AROUND, {"client_id": client_id})).all()


async def notices_of(tx: ReadSession, client_id: uuid.UUID) -> Sequence[PrivacyNotice]:
    """How the notice was given to a client, the newest first."""
    return (await tx.scalars(_NOTICES, {"client_id": client_id})).all()


_AROUND = (
    select(RelatedPerson)
    .where(RelatedPerson.client_id == bindparam("client_id"), RelatedPerson.ended_at.is_(None))
    .order_by(RelatedPerson.is_emergency.desc(), RelatedPerson.created_at)
    .limit(OF_CLIENT_MAX)
)
_NOTICES = (
    select(PrivacyNotice)
    .where(PrivacyNotice.client_id == bindparam("client_id"))
    .order_by(PrivacyNotice.day.desc(), PrivacyNotice.created_at.desc())
    .limit(OF_CLIENT_MAX)
)


async def add(tx: WriteSession, row: RelatedPerson | PrivacyNotice) -> None:
    """Keep a row; it stays on-prem."""
    tx.add(row)
    await tx.flush()


async def put_tokens(tx: WriteSession, person_id: uuid.UUID, tokens: set[bytes]) -> None:
    """Have a person found by these tokens, and by no others."""
    await tx.execute(delete(RelatedToken).where(RelatedToken.person_id == person_id))
    if tokens:
        rows = [{"person_id": person_id, "token": token} for token in sorted(tokens)]
        await tx.execute(insert(RelatedToken), rows)


async def with_tokens(
    tx: ReadSession, groups: Sequence[set[bytes]], *, limit: int
) -> Sequence[RelatedPerson]:
    """People who have a token of every group."""
    query = select(RelatedPerson).where(RelatedPerson.ended_at.is_(None))
    for group in groups:
        has = aliased(RelatedToken)
        query = query.where(
            exists().where(has.person_id == RelatedPerson.id, has.token.in_(sorted(group)))
        )
    return (await tx.scalars(query.order_by(RelatedPerson.id).limit(limit))).all()
