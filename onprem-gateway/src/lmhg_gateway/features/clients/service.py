"""Use cases of clients."""

import uuid

import msgspec

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.forms import ClientForm
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.public import blind_index, reindex, shown_name
from lmhg_gateway.features.clients.rules import check_part2, search_groups, search_id
from lmhg_kit.errors import NotFound
from lmhg_kit.http.lists import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession

FLAGS = ("may_voicemail", "may_text", "may_email", "may_mail", "part2")


async def search(tx: ReadSession, text: str) -> tuple[list[Client], bool]:
    """Clients that a text finds, by name; and whether there are more than one page shows."""
    wanted = search_id(text)
    if wanted:
        one = await repository.by_id(tx, wanted)
        return ([one] if one else []), False
    groups = search_groups(text, blind_index())
    if not groups or not all(groups):
        return [], False
    found = list(await repository.with_tokens(tx, groups))
    return sorted(found[:PAGE_SIZE], key=_by_name), len(found) > PAGE_SIZE


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


def _by_name(client: Client) -> str:
    return shown_name(client).casefold()
