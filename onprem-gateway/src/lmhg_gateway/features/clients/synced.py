"""Clients as IntakeQ has them too: the fields that both have, for the inbox of differences."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.directory import names_of, reindex
from lmhg_gateway.features.clients.profiles import KIND, OWNERS
from lmhg_gateway.web.points import Said
from lmhg_gateway.web.sync_points import SyncedField, SyncedRecord, Told
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.ui.formats import long_day

LABELS: Mapping[str, str] = {
    "legal_name": "Legal name",
    "email": "Email",
    "phone": "Other phone",
    "mobile": "Mobile",
    "birth_date": "Birth date",
    "address": "Address",
    "payer": "Payer",
}


async def _named(tx: ReadSession, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Said]:
    names = await names_of(tx, ids)
    return {each: Said(name, f"/clients/{each}") for each, name in names.items()}


async def _ours(tx: ReadSession, client_id: uuid.UUID) -> Told:
    client = await repository.by_id(tx, client_id)
    return {} if client is None else {name: getattr(client, name) for name in OWNERS}


async def _take(tx: WriteSession, client_id: uuid.UUID, told: Told) -> None:
    client = await repository.locked(tx, client_id)
    if client is None:
        raise NotFound("client")
    for name in OWNERS.keys() & told.keys():
        setattr(client, name, told[name])
    await reindex(tx, client)


async def _shown(_tx: ReadSession, field: str, text: str) -> str:
    return long_day(date.fromisoformat(text)) if field == "birth_date" else text


SYNCED = SyncedRecord(
    kind=KIND,
    permission="clients.read",
    fields={name: SyncedField(LABELS[name], owner) for name, owner in OWNERS.items()},
    named=_named,
    ours=_ours,
    take=_take,
    shown=_shown,
)
