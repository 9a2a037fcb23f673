"""Clients as pages show them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from lmhg_gateway.features.clients.directory import birth_date_of, shown_name
from lmhg_gateway.features.clients.forms import ClientForm
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.payers import payer_of, payer_text
from lmhg_gateway.features.clients.rules import WAYS, way_said
from lmhg_kit.ui.formats import long_day, phone


class Section(NamedTuple):
    """What another feature shows on a client's page."""

    template: str
    rows: Sequence[Any]


class ClientRow(msgspec.Struct, frozen=True):
    """One client in the list."""

    id: uuid.UUID
    name: str
    birth_date: date | None
    phone: str
    payer: str
    part2: bool
    updated_at: datetime


class Way(NamedTuple):
    """A way to contact, whether it is safe, and how that looks."""

    label: str
    answer: str
    tone: str


@dataclass(frozen=True)
class ClientCard:
    """The head of a client's page."""

    id: uuid.UUID
    name: str
    part2: bool
    facts: list[tuple[str, str | None]]
    contact: list[Way]


def rows(clients: Iterable[Client]) -> list[ClientRow]:
    """The list's rows."""
    return [
        ClientRow(
            id=client.id,
            name=shown_name(client),
            birth_date=birth_date_of(client),
            phone=phone(client.mobile or client.phone),
            payer=payer_text(payer_of(client.payer)),
            part2=client.part2,
            updated_at=client.updated_at,
        )
        for client in clients
    ]


def card(client: Client) -> ClientCard:
    """Everything a client's page says about the person."""
    return ClientCard(
        id=client.id,
        name=shown_name(client),
        part2=client.part2,
        facts=[
            ("Legal name", client.legal_name),
            ("Name used", client.name_used),
            ("Pronouns", client.pronouns),
            ("Birth date", long_day(born) if (born := birth_date_of(client)) else None),
            ("Mobile", phone(client.mobile)),
            ("Phone", phone(client.phone)),
            ("Email", client.email),
            ("Address", client.address),
            ("Guardian or emergency contact", client.guardian),
            ("Payer", payer_text(payer_of(client.payer))),
            ("Language", client.language),
            ("IntakeQ number", client.intakeq_number),
        ],
        contact=[
            _way("Voicemail", client.may_voicemail),
            _way("Text message", client.may_text),
            _way("Email", client.may_email),
            _way("Mail", client.may_mail),
        ],
    )


def _way(label: str, answer: bool | None) -> Way:  # noqa: FBT001 - the answer itself
    said, tone = {True: ("yes", "ok"), False: ("no", "bad"), None: ("not asked", "")}[answer]
    return Way(label, said, tone)


def saved_values(client: Client) -> dict[str, Any]:
    """A client's fields as they are on record; a way to contact as a form says it."""
    names = [each for each in ClientForm.__struct_fields__ if each != "payer_name"]
    ways = {name: way_said(getattr(client, name)) for name in WAYS}
    return {name: getattr(client, name) or "" for name in names} | ways


def form_values(client: Client) -> dict[str, Any]:
    """A client as the edit form opens with."""
    payer = payer_of(client.payer)
    return saved_values(client) | {"payer": payer.code, "payer_name": payer.name}
