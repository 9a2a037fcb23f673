"""Who was seen and has nothing booked, as a list."""

import uuid
from datetime import date

import msgspec

from lmhg_kit.http.list_part import Column, Filter, Link, ListPart

PATH = "/recalls"
NOW, LATER = "now", "later"


class RecallRow(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who was seen and has nothing booked."""

    client_id: uuid.UUID
    name: str
    phone: str
    last_on: date | None
    clinician: str
    month: str
    reason: str
    note: str


RECALLS = ListPart[RecallRow](
    path=PATH,
    noun="client",
    kind="recall",
    columns=(
        Column(
            label="Client",
            phone="lead",
            get=lambda row: Link(row.name, f"/clients/{row.client_id}/ask-back"),
        ),
        Column(label="Ask in", phone="end", get=lambda row: row.month),
        Column(label="Last visit", get=lambda row: row.last_on),
        Column(label="Clinician", get=lambda row: row.clinician),
        Column(label="Why", get=lambda row: row.reason),
        Column(label="Note", get=lambda row: row.note),
    ),
    filters=(
        Filter(
            name="view",
            label="Show",
            options=(
                ("open", "Nothing decided yet"),
                (NOW, "Ask this month"),
                (LATER, "Ask later"),
            ),
        ),
    ),
)
