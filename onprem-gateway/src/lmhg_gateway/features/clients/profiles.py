"""Clients as IntakeQ has them: who a number there names, and what a profile changes here."""

import uuid
from collections.abc import Mapping

from lmhg_gateway.adapters.intakeq import Person as Profile
from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.directory import link, linked, reindex
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.differences.public import Owner, meet, put_copy
from lmhg_gateway.web.points import Traits
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "client"
OWNERS: Mapping[str, Owner] = {
    "legal_name": "both",
    "email": "both",
    "phone": "both",
    "mobile": "both",
    "birth_date": "both",
    "address": "both",
    "payer": "both",
}
"""Facts that IntakeQ has too, and whose they are."""


def traits_of_profile(person: Profile) -> Traits:
    """What may tell that someone on record is the person of a profile."""
    return Traits(
        names=(person.name,) if person.name else (),
        born=person.birth_date,
        phones=tuple(phone for phone in (person.phone, person.mobile) if phone),
        email=person.email or "",
        address=person.address or "",
    )


async def known_client(tx: ReadSession, number: str) -> uuid.UUID | None:
    """The client that has this number in IntakeQ; where records were merged, the one that goes on."""
    known = await linked(tx, KIND, number)
    return await repository.goes_on_as(tx, known) if known else None


async def store_person(
    tx: WriteSession, person: Profile, *, same_as: uuid.UUID | None = None
) -> Client:
    """The client of an IntakeQ profile, created or brought up to date; `same_as` someone on record.

    What is empty in the profile, or had to be left out of it, stays here as it was; so does what was changed here, until
    someone decides. Of a client who is in IntakeQ twice, the number on record says what changes here; what another one
    says is not taken over.
    """
    known = await known_client(tx, person.number)
    if known is None and same_as:
        known = same_as
        await link(tx, KIND, person.number, same_as)
    client = await repository.locked(tx, known) if known else None
    if client is None:
        client = Client(intakeq_number=person.number)
        tx.add(client)
        await tx.flush()
        await link(tx, KIND, person.number, client.id)
    if client.intakeq_number in {None, person.number}:
        await _take_over(tx, client, person)
    else:
        await put_copy(tx, KIND, person.number, client.id)
    return client


async def _take_over(tx: WriteSession, client: Client, person: Profile) -> None:
    """Follow what changed there alone; what both have differently waits for a person."""
    said = {
        "legal_name": person.name,
        "email": person.email,
        "phone": person.phone,
        "mobile": person.mobile,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "address": person.address,
        "payer": person.payer,
    }
    left_out = {note.partition(":")[0] for note in person.left_out}
    left_out |= {"legal_name"} if "name" in left_out else set()
    theirs = {name: text for name, text in said.items() if text and name not in left_out}
    changed = await meet(
        tx,
        KIND,
        person.number,
        record_id=client.id,
        client_id=client.id,
        owners=OWNERS,
        theirs=theirs,
        ours={name: getattr(client, name) for name in theirs},
    )
    if client.intakeq_number != person.number:
        changed["intakeq_number"] = person.number
    for name, text in changed.items():
        setattr(client, name, text)
    if changed:
        await reindex(tx, client)
