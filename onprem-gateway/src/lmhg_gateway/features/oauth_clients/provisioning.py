"""Clients that others register, end and push: the stack, people administration, and a loop."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lmhg_gateway.adapters.hydra import Hydra
from lmhg_gateway.features.oauth_clients import at_hydra, repository, service
from lmhg_gateway.features.oauth_clients.at_hydra import BELL, EVERY_S, Pusher
from lmhg_gateway.features.oauth_clients.forms import NewClientForm
from lmhg_gateway.features.oauth_clients.rules import (
    SECRET_MIN,
    hash_secret,
)
from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.loops import Loop
from lmhg_kit.persistence import Database, WriteSession


async def disable_clients_of(tx: WriteSession, *, owner: str, by: str) -> int:
    """Disable the programs that someone registered, because they leave; how many."""
    found = await repository.programs_of(tx, owner)
    for client in found:
        await service.set_active(tx, client, active=False, by=by)
    return len(found)


def hydra_loop(db: Database, hydra: Hydra, *, audience: str) -> Loop:
    """What tells Hydra of every client, change and secret."""
    return Loop("hydra_clients", Pusher(db, hydra, audience).step, EVERY_S, (BELL,))


async def put_client(
    tx: WriteSession,
    form: NewClientForm,
    *,
    secret: str | None,
    first_party: bool,
    by: str,
    at: datetime,
    hydra: Hydra | None = None,
) -> Sequence[str]:
    """Register a client or bring it up to date; a second call with the same changes nothing.

    With a Hydra, there too or nowhere. Returns what was done. Raises: Conflict when its kind
    would change, Invalid, HydraRefused.
    """
    done: list[str] = []
    found = await repository.by_name(tx, form.client_id)
    if found is None:
        found = await service.register(tx, form, by=by, first_party=first_party)
        done.append("registered")
    elif found.kind != form.kind.value or found.first_party is not first_party:
        raise Conflict("client_kind")
    else:
        await service.change(tx, found.id, form, by=by)
        await service.set_active(tx, found.id, active=True, by=by)
    if secret is not None and len(secret) < SECRET_MIN:
        raise Invalid("secret_short", fields={"secret": "too_short"})
    if secret is not None and not await repository.is_current_secret(
        tx, found.id, hash_secret(secret)
    ):
        await service.put_secret(tx, found.id, secret, by=by, at=at, keep=timedelta(0))
        done.append("secret")
    if hydra is not None:
        await at_hydra.tell_now(tx, found, hydra=hydra, secret=secret)
    return done
