"""Use cases of clients."""

import uuid

import msgspec

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.directory import reindex
from lmhg_gateway.features.clients.forms import ClientForm
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.rules import check_part2
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

FLAGS = ("may_voicemail", "may_text", "may_email", "may_mail", "part2")


async def view(tx: ReadSession, client_id: uuid.UUID) -> Client:
    """One client. Raises: NotFound."""
    client = await repository.by_id(tx, client_id)
    if client is None:
        raise NotFound("client")
    return client


async def create(tx: WriteSession, form: ClientForm) -> Client:
    """Write down a new client, findable at once."""
    client = Client()
    _apply(client, form)
    await repository.add(tx, client)
    await reindex(tx, client)
    return client


async def edit(tx: WriteSession, client_id: uuid.UUID, form: ClientForm) -> Client:
    """Change what is known of a client. Raises: NotFound, Invalid."""
    client = await repository.locked(tx, client_id)
    if client is None:
        raise NotFound("client")
    check_part2(before=client.part2, after=form.part2)
    _apply(client, form)
    await reindex(tx, client)
    return client


def _apply(client: Client, form: ClientForm) -> None:
    """Set what differs, so that a ciphertext changes only when its text does."""
    for name, value in msgspec.structs.asdict(form).items():
        wanted = value if name in FLAGS else (value and str(value)) or None
        if getattr(client, name) != wanted:
            setattr(client, name, wanted)
