"""Clients as their pages show them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lmhg_gateway.features.oauth_clients.at_hydra import HydraState
from lmhg_gateway.features.oauth_clients.models import ClientChange, OAuthClient, ScopeRequest
from lmhg_gateway.features.oauth_clients.repository import LiveSecret
from lmhg_gateway.features.oauth_clients.rules import (
    IDENTITY_SCOPES,
    KINDS,
    ClientKind,
    scopes_for,
)
from lmhg_gateway.features.staff.public import who_words

STEPS: Mapping[str, str] = {
    "registered": "Added",
    "changed": "Changed",
    "secret": "New secret",
    "disabled": "Disabled",
    "enabled": "Enabled again",
    "scopes_asked": "Scopes asked for",
    "scopes": "Scopes changed",
    "scopes_declined": "Scopes declined",
}
FIELDS: Mapping[str, str] = {
    "name": "Name",
    "redirect_uris": "Addresses after sign-in",
    "post_logout_uris": "Addresses after sign-out",
    "backchannel_uri": "Address for sign-out notices",
    "scopes": "Scopes",
    "active": "Active",
    "secrets": "Secrets that work",
    "old_until": "Older secrets work until",
}


@dataclass(frozen=True)
class ClientRow:
    """One client in the list."""

    id: uuid.UUID
    client_id: str
    name: str
    kind: str
    scopes: str
    active: bool
    waiting: bool
    late: bool
    """Whether Hydra does not have all of it yet."""


@dataclass(frozen=True)
class Difference:
    """One field of a step, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """One step of a client's history."""

    title: str
    at: datetime
    by: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class AtHydra:
    """How a client is at Hydra, in Hydra mode."""

    is_there: bool
    told_at: datetime | None
    attempts: int
    """How often Hydra did not take what waits."""
    lacks_secret: bool
    """Whether its secret is one that Hydra never got."""


@dataclass(frozen=True)
class ClientPage:
    """Everything that one client's page shows."""

    id: uuid.UUID
    client_id: str
    name: str
    kind: str
    confidential: bool
    first_party: bool
    active: bool
    redirect_uris: tuple[str, ...]
    post_logout_uris: tuple[str, ...]
    backchannel_uri: str
    scopes: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]
    secrets: tuple[LiveSecret, ...]
    asked: tuple[str, ...]
    asked_by: str
    asked_by_id: str
    request_id: str
    history: tuple[Step, ...]
    at_hydra: AtHydra | None


def rows(
    clients: Sequence[OAuthClient],
    waiting: Mapping[uuid.UUID, ScopeRequest],
    *,
    late: frozenset[uuid.UUID] = frozenset(),
) -> list[ClientRow]:
    """The list of clients."""
    return [
        ClientRow(
            each.id,
            each.client_id,
            each.name,
            KINDS[ClientKind(each.kind)].label,
            ", ".join(each.scopes),
            each.active,
            each.id in waiting,
            each.id in late,
        )
        for each in clients
    ]


def client_page(
    client: OAuthClient,
    *,
    secrets: Sequence[LiveSecret],
    request: ScopeRequest | None,
    history: Sequence[ClientChange],
    names: Mapping[str, str],
    state: HydraState | None = None,
    api_scopes: Mapping[str, frozenset[str]],
) -> ClientPage:
    """One client's page."""
    kind = ClientKind(client.kind)
    missing = (
        scopes_for(kind, api_scopes=api_scopes)
        - set(client.scopes)
        - set(request.scopes if request else ())
    )
    return ClientPage(
        id=client.id,
        client_id=client.client_id,
        name=client.name,
        kind=KINDS[kind].label,
        confidential=KINDS[kind].confidential,
        first_party=client.first_party,
        active=client.active,
        redirect_uris=tuple(client.redirect_uris),
        post_logout_uris=tuple(client.post_logout_uris),
        backchannel_uri=client.backchannel_uri or "",
        scopes=tuple((scope, describe(scope, api_scopes)) for scope in client.scopes),
        missing=tuple((scope, describe(scope, api_scopes)) for scope in sorted(missing)),
        secrets=tuple(secrets),
        asked=tuple(request.scopes) if request else (),
        asked_by=_who(request.requested_by, names) if request else "",
        asked_by_id=request.requested_by if request else "",
        request_id=str(request.id) if request else "",
        history=tuple(_step(each, names) for each in history),
        at_hydra=_at_hydra(state, confidential=KINDS[kind].confidential) if state else None,
    )


def _at_hydra(state: HydraState, *, confidential: bool) -> AtHydra:
    row = state.row
    return AtHydra(
        is_there=state.is_there,
        told_at=row.told_at if row else None,
        attempts=row.attempts if row and row.problem else 0,
        lacks_secret=confidential and not state.has_secret,
    )


def describe(scope: str, api_scopes: Mapping[str, frozenset[str]]) -> str:
    """What a scope opens."""
    if scope in IDENTITY_SCOPES:
        return IDENTITY_SCOPES[scope]
    return "API: " + ", ".join(sorted(api_scopes.get(scope, ())))


def _step(change: ClientChange, names: Mapping[str, str]) -> Step:
    pairs = sorted(change.diff.items())
    differences = (
        Difference(FIELDS.get(name, name), _told(before), _told(after))
        for name, (before, after) in pairs
    )
    title = STEPS.get(change.what, change.what)
    return Step(title, change.at, _who(change.by, names), tuple(differences))


def _told(value: Any) -> str:  # noqa: ANN401 - JSON
    if value is None or value == []:
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _who(person: str, names: Mapping[str, str]) -> str:
    return who_words(person, names)
