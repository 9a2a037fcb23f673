"""All SQL about OAuth clients."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, update

from lmhg_gateway.features.oauth_clients.models import (
    ClientChange,
    ClientSecret,
    OAuthClient,
    ScopeRequest,
)
from lmhg_gateway.features.oauth_clients.rules import ClientKind, RegisteredClient
from lmhg_kit.feature import PERSON_TEXT
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.words import has_words

HISTORY = 100
SECRET_ENDED = "secret_ended"  # noqa: S105 - the name of a step
"""The step of a client's history that says that a leaver had seen its secret."""
MAX_CLIENTS = 500
SCOPES_ASKED = select(func.count(ScopeRequest.id)).where(
    ScopeRequest.outcome == "open", ScopeRequest.requested_by != PERSON_TEXT
)
"""How many requests for scopes this person may decide: those of others."""


async def listed(tx: ReadSession) -> Sequence[OAuthClient]:
    """Every client, by name."""
    query = select(OAuthClient).order_by(OAuthClient.name, OAuthClient.client_id)
    return (await tx.scalars(query.limit(MAX_CLIENTS))).all()


async def named(tx: ReadSession, words: str, *, limit: int) -> Sequence[OAuthClient]:
    """Clients with these words in their name or public name."""
    matches = or_(
        has_words(OAuthClient.name, words),
        has_words(OAuthClient.client_id, words),
    )
    query = select(OAuthClient).where(matches).order_by(OAuthClient.name, OAuthClient.client_id)
    return (await tx.scalars(query.limit(limit))).all()


async def by_id(tx: ReadSession, client: uuid.UUID, *, lock: bool = False) -> OAuthClient | None:
    """One client; locked until the end of the unit if it is going to change."""
    query = select(OAuthClient).where(OAuthClient.id == client)
    return await tx.scalar(query.with_for_update() if lock else query)


async def by_name(tx: ReadSession, client_id: str) -> OAuthClient | None:
    """The client with this public name."""
    return await tx.scalar(select(OAuthClient).where(OAuthClient.client_id == client_id))


class LiveSecret(NamedTuple):
    """A secret that works now, without its hash: the workspace may not even read that."""

    made_at: datetime
    ends_at: datetime | None


async def live_secrets(tx: ReadSession, client: uuid.UUID, *, at: datetime) -> list[LiveSecret]:
    """The secrets that work now, newest first."""
    query = select(ClientSecret.made_at, ClientSecret.ends_at).where(*_live(client, at=at))
    rows = (await tx.execute(query.order_by(ClientSecret.made_at.desc()))).all()
    return [LiveSecret(*row) for row in rows]


async def is_current_secret(tx: ReadSession, client: uuid.UUID, secret_hash: bytes) -> bool:
    """Whether this is the client's secret, without an end."""
    query = select(ClientSecret.id).where(
        ClientSecret.client == client,
        ClientSecret.secret_hash == secret_hash,
        ClientSecret.ends_at.is_(None),
    )
    return await tx.scalar(query) is not None


def _live(client: uuid.UUID, *, at: datetime) -> tuple[ColumnElement[bool], ...]:
    ends = or_(ClientSecret.ends_at.is_(None), ClientSecret.ends_at > at)
    return ClientSecret.client == client, ends


async def end_secrets(tx: WriteSession, client: uuid.UUID, *, ends_at: datetime) -> None:
    """Every secret of the client ends then, or earlier where that was decided before."""
    earliest = func.least(func.coalesce(ClientSecret.ends_at, ends_at), ends_at)
    await tx.execute(
        update(ClientSecret).where(ClientSecret.client == client).values(ends_at=earliest)
    )


async def changes(tx: ReadSession, client: uuid.UUID) -> Sequence[ClientChange]:
    """The newest steps of a client's history."""
    query = select(ClientChange).where(ClientChange.client == client)
    return (await tx.scalars(query.order_by(ClientChange.at.desc()).limit(HISTORY))).all()


async def open_request(tx: ReadSession, client: uuid.UUID) -> ScopeRequest | None:
    """The request for scopes that waits for a second person."""
    return await tx.scalar(
        select(ScopeRequest).where(ScopeRequest.client == client, ScopeRequest.outcome == "open")
    )


async def open_requests(tx: ReadSession) -> dict[uuid.UUID, ScopeRequest]:
    """Every waiting request, by client."""
    query = select(ScopeRequest).where(ScopeRequest.outcome == "open")
    return {each.client: each for each in (await tx.scalars(query)).all()}


async def registered(tx: ReadSession, client_id: str, *, at: datetime) -> RegisteredClient | None:
    """A client as the issuer judges it, active or not."""
    found = await by_name(tx, client_id)
    return await _with_secrets(tx, found, at=at) if found else None


async def registered_by_id(
    tx: ReadSession, client: uuid.UUID, *, at: datetime
) -> RegisteredClient | None:
    """The same, by its own id."""
    found = await by_id(tx, client)
    return await _with_secrets(tx, found, at=at) if found else None


async def _with_secrets(tx: ReadSession, found: OAuthClient, *, at: datetime) -> RegisteredClient:
    hashes = select(ClientSecret.secret_hash).where(*_live(found.id, at=at))
    return RegisteredClient(
        id=found.id,
        client_id=found.client_id,
        name=found.name,
        kind=ClientKind(found.kind),
        first_party=found.first_party,
        redirect_uris=frozenset(found.redirect_uris),
        post_logout_uris=frozenset(found.post_logout_uris),
        backchannel_uri=found.backchannel_uri,
        scopes=frozenset(found.scopes),
        active=found.active,
        secret_hashes=tuple((await tx.scalars(hashes)).all()),
    )


async def api_client(
    tx: ReadSession, client_id: str, *, since: datetime | None = None
) -> tuple[str, frozenset[str]] | None:
    """Name and scopes of an active API client, without its secrets.

    `since`: None as well when a secret of it ended with a leaver after that moment, because
    anyone who had the secret can hold a token that is older.
    """
    query = select(OAuthClient.name, OAuthClient.scopes).where(
        OAuthClient.client_id == client_id,
        OAuthClient.active,
        OAuthClient.kind == ClientKind.SERVICE.value,
    )
    if since is not None:
        ended = select(ClientChange.id).where(
            ClientChange.client == OAuthClient.id,
            ClientChange.what == SECRET_ENDED,
            ClientChange.at >= since,
        )
        query = query.where(~ended.exists())
    row = (await tx.execute(query)).one_or_none()
    return (row.name, frozenset(row.scopes)) if row else None


async def active_redirect_uris(tx: ReadSession) -> list[str]:
    """Every address that sign-in may lead to."""
    query = select(OAuthClient.redirect_uris).where(OAuthClient.active).limit(MAX_CLIENTS)
    return [uri for uris in (await tx.scalars(query)).all() for uri in uris]


async def with_backchannel(tx: ReadSession) -> list[uuid.UUID]:
    """Every active client that wants to hear of sign-outs."""
    query = select(OAuthClient.id).where(
        OAuthClient.active, OAuthClient.backchannel_uri.is_not(None)
    )
    return list((await tx.scalars(query)).all())


class SeenSecret(NamedTuple):
    """A client with a secret that someone has seen and that works now."""

    id: uuid.UUID
    name: str
    goes_on: bool
    """Whether it has another secret, which that person has not seen."""


async def secrets_seen_by(tx: ReadSession, person: str) -> list[SeenSecret]:
    """The active clients with a secret that someone has seen, by name."""
    live = or_(ClientSecret.ends_at.is_(None), ClientSecret.ends_at > func.now())
    seen = select(ClientSecret.client).where(live, ClientSecret.shown_to == person)
    other = select(ClientSecret.id).where(
        live, ClientSecret.client == OAuthClient.id, ClientSecret.shown_to != person
    )
    query = (
        select(OAuthClient.id, OAuthClient.name, other.exists())
        .where(OAuthClient.active, OAuthClient.id.in_(seen))
        .order_by(OAuthClient.name)
        .limit(MAX_CLIENTS)
    )
    return [SeenSecret(*row) for row in (await tx.execute(query)).all()]


async def end_secrets_seen_by(tx: WriteSession, client: uuid.UUID, person: str) -> None:
    """The secrets of a client that someone has seen work no longer."""
    live = or_(ClientSecret.ends_at.is_(None), ClientSecret.ends_at > func.now())
    ending = update(ClientSecret).where(
        ClientSecret.client == client, ClientSecret.shown_to == person, live
    )
    await tx.execute(ending.values(ends_at=func.now()))


async def count_scopes_asked_by(tx: ReadSession, person: str) -> int:
    """How many requests for scopes of someone wait."""
    query = select(func.count()).where(
        ScopeRequest.outcome == "open", ScopeRequest.requested_by == person
    )
    return int(await tx.scalar(query) or 0)


async def programs_of(tx: ReadSession, owner: str) -> Sequence[uuid.UUID]:
    """The active programs for the API that someone registered."""
    registered_by = (
        select(ClientChange.client)
        .where(ClientChange.what == "registered", ClientChange.by == owner)
        .scalar_subquery()
    )
    query = select(OAuthClient.id).where(
        OAuthClient.id.in_(registered_by),
        OAuthClient.kind == ClientKind.SERVICE.value,
        OAuthClient.active,
    )
    return (await tx.scalars(query)).all()


async def app_names(tx: ReadSession, ids: Sequence[uuid.UUID]) -> dict[str, str]:
    """The names of these clients by id, for those that are still here."""
    query = select(OAuthClient.id, OAuthClient.name).where(OAuthClient.id.in_(ids))
    return {str(row.id): row.name for row in await tx.execute(query)}
