"""Use cases of clients."""

import uuid
from datetime import date

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.directory import blind_index, reindex
from lmhg_gateway.features.clients.forms import ClientForm, EditClient, NewClient
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.rules import (
    Marks,
    are_alike,
    check_birth,
    check_part2,
    check_version,
    numbers_of,
)
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.blind_index import words

FLAGS = ("may_voicemail", "may_text", "may_email", "may_mail", "part2")


async def view(tx: ReadSession, client_id: uuid.UUID) -> Client:
    """One client. Raises: NotFound."""
    client = await repository.by_id(tx, client_id)
    if client is None:
        raise NotFound("client")
    return client


async def create(tx: WriteSession, form: NewClient, *, today: date) -> Client:
    """Write down a new client, findable at once. Raises: Invalid, also for someone on record."""
    check_birth(form.birth_date, today=today)
    if not form.other_person and await same_people(tx, form):
        raise Invalid(
            "client_known",
            fields={"other_person": "Someone with this name is already on record."},
        )
    client = Client()
    _apply(client, form)
    await repository.add(tx, client)
    await reindex(tx, client)
    return client


async def edit(tx: WriteSession, client_id: uuid.UUID, form: EditClient, *, today: date) -> Client:
    """Change what is known of a client. Raises: NotFound, Invalid, Conflict."""
    client = await repository.locked(tx, client_id)
    if client is None:
        raise NotFound("client")
    check_version(client.version, seen=form.version)
    check_birth(form.birth_date, today=today)
    check_part2(before=client.part2, after=form.part2)
    _apply(client, form)
    await reindex(tx, client)
    return client


async def same_people(tx: ReadSession, form: ClientForm) -> list[Client]:
    """Clients who may be this very person: of the same name, and nothing tells them apart."""
    wanted, index = set(words(form.legal_name)), blind_index()
    named = [{index.token("name", word)} for word in sorted(wanted)]
    if not named:
        return []
    born = index.date_token(form.birth_date)
    found = {each.id: each for each in await repository.with_tokens(tx, named)}
    if born:
        found |= {each.id: each for each in await repository.with_tokens(tx, [*named, born])}
    marks = Marks(
        str(form.birth_date or ""), numbers_of((form.phone, form.mobile)), form.email.casefold()
    )
    return [
        each
        for each in found.values()
        if set(words(each.legal_name or "")) == wanted and are_alike(marks, _marks(each))
    ]


def _marks(client: Client) -> Marks:
    return Marks(
        client.birth_date or "",
        numbers_of((client.phone, client.mobile)),
        (client.email or "").casefold(),
    )


def _apply(client: Client, form: ClientForm) -> None:
    """Set what differs, so that a ciphertext changes only when its text does."""
    for name in ClientForm.__struct_fields__:
        value = getattr(form, name)
        wanted = value if name in FLAGS else (value and str(value)) or None
        if getattr(client, name) != wanted:
            setattr(client, name, wanted)
