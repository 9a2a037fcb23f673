"""Clients as a file: what is on record, under heads that an import knows."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.forms import ClientForm
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.rules import WAYS
from lmhg_gateway.features.clients.service import FLAGS
from lmhg_gateway.web.points import Exportable, ExportRow
from lmhg_kit.persistence import ReadSession

HEADS = {
    "record": "Record",
    "version": "Version",
    "legal_name": "Legal name",
    "name_used": "Name used",
    "pronouns": "Pronouns",
    "birth_date": "Birth date",
    "mobile": "Mobile",
    "phone": "Phone",
    "email": "Email",
    "address": "Address",
    "guardian": "Guardian or emergency contact",
    "payer": "Payer",
    "language": "Language",
    "may_voicemail": "May leave voicemail",
    "may_text": "May text",
    "may_email": "May email",
    "may_mail": "May mail",
    "part2": "Part 2",
}
"""Field to head, in the order of the file; a test holds it against the client's form."""
FIELDS = tuple(name for name in HEADS if name in ClientForm.__struct_fields__)


async def load(tx: ReadSession, after: uuid.UUID | None, limit: int) -> Sequence[ExportRow]:
    """Some clients that go on, behind one of them. Reading them is audited."""
    return [_row(each) for each in await repository.behind(tx, after, limit=limit)]


def _row(client: Client) -> ExportRow:
    said = [_cell(name, getattr(client, name)) for name in FIELDS]
    return ExportRow(client.id, client.id, [str(client.id), str(client.version), *said])


def _cell(name: str, value: str | bool | None) -> str | bool:  # noqa: FBT001 - a value of any field
    """A cell: yes or no, and empty where nothing is on record or no one asked."""
    if name in WAYS and value is None:
        return ""
    return bool(value) if name in FLAGS else value or ""


CLIENTS = Exportable(
    kind="clients",
    title="Clients",
    permission="clients.read",
    heads=tuple(HEADS.values()),
    load=load,
)
