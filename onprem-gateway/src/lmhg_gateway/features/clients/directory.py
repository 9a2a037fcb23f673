"""Who the clients are: found by names and tokens, and linked to other systems."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, delete, select
from sqlalchemy.dialects.postgresql import insert

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.alike_keys import stored_tokens
from lmhg_gateway.features.clients.models import Client, ClientToken, ExternalId
from lmhg_gateway.features.clients.search_rules import search_groups, search_id
from lmhg_gateway.web.points import Traits
from lmhg_kit.errors import Invalid
from lmhg_kit.http.paging import PAGE_SIZE
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.blind_index import BlindIndex
from lmhg_kit.persistence.sealing import installed
from lmhg_kit.ui.formats import tail_of

INTAKEQ = "intakeq"
TOKEN_SCHEME = 3
"""Raised when tokens are made in another way; the worker then makes those of every client again."""


def blind_index() -> BlindIndex:
    """Tokens under the installed keyring. Raises: KeyUnknown."""
    return BlindIndex(installed().index_key)


def birth_date_of(client: Client) -> date | None:
    """The birth date, if it is known."""
    text = client.birth_date
    return date.fromisoformat(text) if text else None


def traits_of(client: Client) -> Traits:
    """What may tell that another record is of this client too."""
    return Traits(
        names=tuple(name for name in (client.legal_name, client.name_used) if name),
        born=birth_date_of(client),
        phones=tuple(phone for phone in (client.phone, client.mobile) if phone),
        email=client.email or "",
        address=client.address or "",
    )


def tokens_of(client: Client) -> set[bytes]:
    """Every token under which this client is found, and under which one of the same person meets it."""
    index = blind_index()
    found = index.name_tokens(client.legal_name, client.name_used)
    found |= index.phone_token(client.phone) | index.phone_token(client.mobile)
    found |= index.email_token(client.email) | index.date_token(birth_date_of(client))
    found |= index.id_token(client.intakeq_number)
    return found | stored_tokens(traits_of(client), index)


async def reindex(tx: WriteSession, client: Client) -> None:
    """Write the tokens of a client again, after any change of what it is found by.

    A record that was merged is found no more; the one that goes on is found by what either says.
    """
    await tx.flush()
    merged = await repository.merged_into(tx, [client.id])
    records = [] if client.merged_into else [client, *merged]
    wanted = {token for each in records for token in tokens_of(each)}
    held = set(
        await tx.scalars(select(ClientToken.token).where(ClientToken.client_id == client.id))
    )
    gone = held - wanted
    if gone:
        await tx.execute(
            delete(ClientToken).where(
                ClientToken.client_id == client.id, ClientToken.token.in_(gone)
            )
        )
    fresh = [{"client_id": client.id, "token": token} for token in sorted(wanted - held)]
    if fresh:
        await tx.execute(insert(ClientToken).on_conflict_do_nothing(), fresh)
    is_other = bool(gone or fresh) and client.merged_into is None
    await repository.mark_indexed(tx, client.id, scheme=TOKEN_SCHEME, to_check=is_other)


async def linked(tx: ReadSession, kind: str, external_id: str) -> uuid.UUID | None:
    """The record that an IntakeQ id names, if it is known."""
    token = blind_index().token(f"{INTAKEQ}|{kind}", external_id)
    return await tx.scalar(
        select(ExternalId.record_id).where(
            ExternalId.system == INTAKEQ, ExternalId.kind == kind, ExternalId.token == token
        )
    )


async def link(tx: WriteSession, kind: str, external_id: str, record_id: uuid.UUID) -> None:
    """Remember which record an IntakeQ id names."""
    token = blind_index().token(f"{INTAKEQ}|{kind}", external_id)
    tx.sync_session.add(ExternalId(system=INTAKEQ, kind=kind, token=token, record_id=record_id))
    await tx.flush()


def shown_name(client: Client) -> str:
    """The name to call a client by, with the legal one beside it where they differ."""
    legal, used = client.legal_name or "", client.name_used or ""
    if used and legal and used != legal:
        return f"{used} ({legal})"
    return used or legal or "(no name on file)"


async def names_of(
    tx: ReadSession, ids: Iterable[uuid.UUID] | Select[Any], **given: object
) -> dict[uuid.UUID, str]:
    """The shown names of these clients, or of those whose ids a constant query gives for these values.

    Reading them is audited.
    """
    found = await repository.calls_with_ids(tx, ids, given)
    return {each.id: shown_name(each) for each in found}


class Found(NamedTuple):
    """A part of what a search finds, and how many there are; `total` is counted up to a bound."""

    clients: list[Client]
    total: int


async def calls_of(tx: ReadSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Name and number of these clients, to call them. Reading them is audited."""
    found = await repository.calls_with_ids(tx, ids, {})
    return {each.id: (shown_name(each), each.mobile or each.phone or "") for each in found}


class Reach(NamedTuple):
    """A client's name, where they are reached, and what they allow: a way that no one asked about is not."""

    name: str
    phone: str
    mobile: str
    email: str
    address: str
    may_voicemail: bool
    may_text: bool
    may_email: bool
    may_mail: bool


async def reach_of(
    tx: ReadSession, ids: Iterable[uuid.UUID] | Select[Any], **given: object
) -> dict[uuid.UUID, Reach]:
    """How these clients may be reached, or those whose ids a constant query gives for these values.

    Reading them is audited.
    """
    return {
        each.id: Reach(
            shown_name(each),
            each.phone or "",
            each.mobile or "",
            each.email or "",
            each.address or "",
            bool(each.may_voicemail),
            bool(each.may_text),
            bool(each.may_email),
            bool(each.may_mail),
        )
        for each in await repository.reach_with_ids(tx, ids, given)
    }


async def search(tx: ReadSession, text: str, *, limit: int = PAGE_SIZE, first: int = 0) -> Found:
    """Clients that a text finds: by name where they fit on a page, else last changed first.

    Raises: Invalid for a text that cannot be understood; never everybody instead.
    """
    wanted = search_id(text)
    if wanted:
        one = await repository.by_id(tx, wanted)
        by_id = await going_on(tx, [one] if one else [])
        return Found(by_id, len(by_id))
    if tail := tail_of(text):
        by_number = await going_on(tx, await repository.by_tail(tx, tail))
        return Found(by_number, len(by_number))
    groups = search_groups(text, blind_index())
    if not all(groups):
        return Found([], 0)
    found = list(await repository.with_tokens(tx, groups, limit=limit, first=first))
    is_all = first == 0 and len(found) < limit
    total = len(found) if is_all else await repository.count_with_tokens(tx, groups)
    return Found(sorted(found, key=_by_name) if total <= limit else found, total)


async def going_on(tx: ReadSession, clients: Sequence[Client]) -> list[Client]:
    """These clients, each merged one as the record that goes on for it."""
    wanted = {each.merged_into for each in clients if each.merged_into}
    found = [each for each in clients if each.merged_into is None]
    more = await repository.with_ids(tx, wanted - {each.id for each in found})
    return [*found, *more]


async def search_among_others(tx: ReadSession, text: str, *, limit: int) -> list[Client]:
    """Clients that a text finds which is meant for other things too: none if it is no search for one."""
    try:
        return (await search(tx, text, limit=limit)).clients
    except Invalid:
        return []


def _by_name(client: Client) -> str:
    return shown_name(client).casefold()


async def changed_since(tx: ReadSession, moment: datetime) -> Sequence[Client]:
    """Clients written after a moment, in the order of their writing: what screening must know."""
    found = await tx.scalars(
        select(Client).where(Client.updated_at > moment).order_by(Client.updated_at)
    )
    return found.all()


async def changes_since(tx: ReadSession, moment: datetime) -> Sequence[Row[uuid.UUID, datetime]]:
    """Which clients were written after a moment and when, in that order: ids, nothing about them."""
    query = select(Client.id, Client.updated_at).where(Client.updated_at > moment)
    return (await tx.execute(query.order_by(Client.updated_at))).all()


async def with_ids(tx: ReadSession, ids: Iterable[uuid.UUID]) -> Sequence[Client]:
    """These clients. Reading them is audited."""
    return await repository.with_ids(tx, ids)
