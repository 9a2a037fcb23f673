"""Registering, changing and ending OAuth clients; each step is in the client's history."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from lmhg_gateway.features.oauth_clients import repository
from lmhg_gateway.features.oauth_clients.forms import ClientForm, EditClientForm, NewClientForm
from lmhg_gateway.features.oauth_clients.models import (
    ClientChange,
    ClientSecret,
    OAuthClient,
    ScopeRequest,
)
from lmhg_gateway.features.oauth_clients.rules import (
    IDENTITY_SCOPES,
    KINDS,
    ClientKind,
    differences,
    hash_secret,
    lines_of,
    scopes_for,
    wrong_addresses,
)
from lmhg_kit.edit_conflict import content_version
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import WriteSession

KIND = "oauth_client"
_FIELDS = ("name", "redirect_uris", "post_logout_uris", "backchannel_uri", "scopes", "active")


async def register(
    tx: WriteSession, form: NewClientForm, *, by: str, first_party: bool = False
) -> OAuthClient:
    """A new client; a program for the API starts without any scope. Raises: Conflict, Invalid."""
    _refuse_wrong(wrong_addresses(msgspec.structs.asdict(form), kind=form.kind))
    if await repository.by_name(tx, form.client_id) is not None:
        raise Conflict("client_taken")
    service = form.kind is ClientKind.SERVICE
    made = OAuthClient(
        client_id=form.client_id,
        kind=form.kind.value,
        first_party=first_party,
        scopes=[] if service else sorted(IDENTITY_SCOPES),
    )
    _take(made, form)
    tx.sync_session.add(made)
    await tx.flush()
    _remember(tx, made.id, by=by, what="registered", diff=differences({}, _facts(made)))
    return made


async def change(tx: WriteSession, client: uuid.UUID, form: ClientForm, *, by: str) -> None:
    """Change name and addresses; what was seen decides, where it was. Raises: Invalid, NotFound, Conflict."""
    found = await _locked(tx, client)
    seen = form.version if isinstance(form, EditClientForm) else None
    if seen is not None and seen != content_version(form_values(found)):
        raise Conflict("oauth_client_changed")
    _refuse_wrong(wrong_addresses(msgspec.structs.asdict(form), kind=ClientKind(found.kind)))
    before = _facts(found)
    _take(found, form)
    diff = differences(before, _facts(found))
    if diff:
        _remember(tx, client, by=by, what="changed", diff=diff)


def form_values(client: OAuthClient) -> dict[str, str]:
    """What the edit form opens with."""
    return {
        "name": client.name,
        "redirect_uris": "\n".join(client.redirect_uris),
        "post_logout_uris": "\n".join(client.post_logout_uris),
        "backchannel_uri": client.backchannel_uri or "",
    }


async def new_secret(
    tx: WriteSession, client: uuid.UUID, *, by: str, at: datetime, keep: timedelta
) -> str:
    """A new secret, to be shown once; older ones work for `keep` longer. Raises: Conflict."""
    secret = secrets.token_urlsafe(32)
    await put_secret(tx, client, secret, by=by, at=at, keep=keep)
    return secret


async def put_secret(
    tx: WriteSession, client: uuid.UUID, secret: str, *, by: str, at: datetime, keep: timedelta
) -> None:
    """Make this the client's secret. Raises: Conflict for a client that has none, NotFound."""
    found = await _locked(tx, client)
    if not KINDS[ClientKind(found.kind)].confidential:
        raise Conflict("client_public")
    had = await repository.live_secrets(tx, client, at=at)
    await repository.end_secrets(tx, client, ends_at=at + keep)
    tx.sync_session.add(ClientSecret(client=client, secret_hash=hash_secret(secret), made_at=at))
    diff = {"secrets": [len(had), len(had) + 1 if keep else 1]}
    if had:
        diff["old_until"] = [None, (at + keep).isoformat(timespec="seconds")]  # type: ignore[list-item]
    _remember(tx, client, by=by, what="secret", diff=diff)
    await tx.audit("client_secret", kind=KIND, ids=[client])


async def set_active(tx: WriteSession, client: uuid.UUID, *, active: bool, by: str) -> None:
    """Disable a client, or enable it again. Raises: NotFound."""
    found = await _locked(tx, client)
    if found.active is not active:
        found.active = active
        what = "enabled" if active else "disabled"
        _remember(tx, client, by=by, what=what, diff={"active": [not active, active]})


async def end_secrets_of(tx: WriteSession, person: str, *, by: str) -> int:
    """End each secret that someone has seen, because they leave; of how many clients.

    A client without another secret is disabled, so its tokens are over at once as well.
    """
    found = await repository.secrets_seen_by(tx, person)
    for each in found:
        await repository.end_secrets_seen_by(tx, each.id, person)
        _remember(
            tx, each.id, by=by, what=repository.SECRET_ENDED, diff={"goes_on": [None, each.goes_on]}
        )
        if not each.goes_on:
            await set_active(tx, each.id, active=False, by=by)
    if found:
        await tx.audit("client_secret.end", kind=KIND, ids=[each.id for each in found])
    return len(found)


async def request_scopes(
    tx: WriteSession,
    client: uuid.UUID,
    scopes: Iterable[str],
    *,
    by: str,
    api_scopes: Iterable[str],
) -> None:
    """Ask a second person for more scopes. Raises: Conflict, Invalid, NotFound."""
    found = await _locked(tx, client)
    wanted = sorted(set(scopes) - set(found.scopes))
    if not wanted or not set(wanted) <= scopes_for(ClientKind(found.kind), api_scopes=api_scopes):
        raise Invalid(
            "scopes_invalid", fields={"scopes": "Choose scopes that the app does not have."}
        )
    if await repository.open_request(tx, client) is not None:
        raise Conflict("scopes_asked")
    tx.sync_session.add(ScopeRequest(client=client, scopes=wanted, requested_by=by))
    _remember(tx, client, by=by, what="scopes_asked", diff={"scopes": [None, wanted]})
    await tx.audit("scopes_asked", kind=KIND, ids=[client])


async def decide_scopes(
    tx: WriteSession, request_id: uuid.UUID, *, approve: bool, by: str, at: datetime
) -> None:
    """Grant or decline a request. The database refuses the asker's own approval. Raises: Conflict."""
    request = await tx.get(ScopeRequest, request_id, with_for_update=True)
    if request is None or request.outcome != "open":
        raise Conflict("scopes_decided")
    if approve and request.requested_by == by:
        raise Conflict("two_persons")
    found = await _locked(tx, request.client)
    if approve:
        before = list(found.scopes)
        found.scopes = sorted({*before, *request.scopes})
        await tx.flush()
        _remember(tx, found.id, by=by, what="scopes", diff={"scopes": [before, found.scopes]})
    else:
        _remember(
            tx, found.id, by=by, what="scopes_declined", diff={"scopes": [request.scopes, []]}
        )
    request.outcome = "approved" if approve else "declined"
    request.decided_by, request.decided_at = by, at
    await tx.audit("scopes_decided", kind=KIND, ids=[found.id], outcome=request.outcome)


async def drop_scopes(
    tx: WriteSession, client: uuid.UUID, scopes: Iterable[str], *, by: str
) -> None:
    """Take scopes away; fewer rights need one person. Raises: NotFound."""
    found = await _locked(tx, client)
    before = list(found.scopes)
    found.scopes = sorted(set(before) - set(scopes))
    if found.scopes != before:
        _remember(tx, client, by=by, what="scopes", diff={"scopes": [before, found.scopes]})


def _take(client: OAuthClient, form: ClientForm) -> None:
    client.name = form.name
    client.redirect_uris = lines_of(form.redirect_uris)
    client.post_logout_uris = lines_of(form.post_logout_uris)
    client.backchannel_uri = form.backchannel_uri or None
    client.active = client.active is not False


def _facts(client: OAuthClient) -> dict[str, Any]:
    found = {name: getattr(client, name) for name in _FIELDS}
    return {name: list(v) if isinstance(v, list) else v for name, v in found.items()}


def _remember(
    tx: WriteSession, client: uuid.UUID, *, by: str, what: str, diff: dict[str, Any]
) -> None:
    tx.sync_session.add(ClientChange(client=client, by=by, what=what, diff=diff))


def _refuse_wrong(wrong: dict[str, str]) -> None:
    if wrong:
        raise Invalid("client_addresses", fields=wrong)


async def _locked(tx: WriteSession, client: uuid.UUID) -> OAuthClient:
    found = await repository.by_id(tx, client, lock=True)
    if found is None:
        raise NotFound("oauth_client")
    return found
