"""Use cases of clients."""

import uuid
from collections.abc import Sequence
from datetime import date

from msgspec import structs

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.directory import reindex
from lmhg_gateway.features.clients.forms import ClientForm, EditClient, NewClient, typed_traits
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.payers import payer_of, payer_text
from lmhg_gateway.features.clients.rules import (
    WAYS,
    check_birth,
    check_goes_on,
    check_part2,
    check_version,
)
from lmhg_gateway.web.points import Alike, ClientCheck, Traits
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.blind_index import words

FLAGS = (*WAYS, "part2")


async def view(tx: ReadSession, client_id: uuid.UUID) -> Client:
    """One client. Raises: NotFound."""
    client = await repository.by_id(tx, client_id)
    if client is None:
        raise NotFound("client")
    return client


async def create(
    tx: WriteSession,
    form: NewClient,
    *,
    by: str,
    today: date,
    checks: Sequence[ClientCheck] = (),
) -> Client:
    """Write down a new client, findable at once; a form that is sent again gives the same client.

    Raises: Invalid, also for someone who may be on record.
    """
    check_birth(form.birth_date, today=today)
    taken = await repository.by_id(tx, form.key) if form.key else None
    if taken is not None and words(taken.legal_name or "") == words(form.legal_name):
        return taken
    found = await who_may_be(tx, typed_traits(structs.asdict(form)), checks=checks)
    ids = [each.client_id for each in found]
    is_shown = not form.shown or set(ids) <= set(form.shown)
    if found and not (form.other_person and is_shown):
        raise Invalid(
            "client_known",
            fields={"other_person": "This person may be on record already. Look at who is shown."},
        )
    client = Client() if taken is not None or form.key is None else Client(id=form.key)
    _apply(client, form)
    await repository.add(tx, client)
    await reindex(tx, client)
    for check in checks:
        await check.tell_apart(tx, client.id, ids, by)
    return client


async def who_may_be(
    tx: ReadSession, traits: Traits, *, checks: Sequence[ClientCheck]
) -> list[Alike]:
    """Clients on record who may be the person of whom this is said."""
    return [each for check in checks for each in await check.find(tx, traits)]


async def edit(tx: WriteSession, client_id: uuid.UUID, form: EditClient, *, today: date) -> Client:
    """Change what is known of a client. Raises: NotFound, Invalid, Conflict."""
    client = await repository.locked(tx, client_id)
    if client is None:
        raise NotFound("client")
    check_goes_on(client.merged_into)
    check_version(client.version, seen=form.version)
    check_birth(form.birth_date, today=today)
    check_part2(before=client.part2, after=form.part2)
    _apply(client, form)
    await reindex(tx, client)
    return client


async def set_way(tx: WriteSession, client_id: uuid.UUID, way: str, *, allowed: bool) -> bool:
    """Allow or forbid one way to contact a client; whether the opposite was said before. Raises: NotFound."""
    client = await repository.locked(tx, client_id)
    if client is None:
        raise NotFound("client")
    before: bool | None = getattr(client, way)
    if before is not allowed:
        setattr(client, way, allowed)
        await tx.flush()
    return before is not None and before is not allowed


def _apply(client: Client, form: ClientForm) -> None:
    """Set what differs, so that a ciphertext changes only when its text does."""
    payer = payer_of(form.payer, form.payer_name)
    for name in ClientForm.__struct_fields__:
        if name == "payer_name" or (name == "payer" and payer_of(client.payer) == payer):
            continue
        value = payer_text(payer) if name == "payer" else getattr(form, name)
        wanted = value if name in FLAGS else (value and str(value)) or None
        if getattr(client, name) != wanted:
            setattr(client, name, wanted)
