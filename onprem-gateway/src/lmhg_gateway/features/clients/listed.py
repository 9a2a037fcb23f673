"""The list of clients, as data: what its columns say and which orders it has."""

from lmhg_gateway.features.clients.views import ClientRow
from lmhg_kit.http.list_part import Column, Link, ListPart, Tag
from lmhg_kit.ui.formats import long_day

PATH = "/clients"
PART_2 = (Tag("Part 2", "warn"),)

CLIENTS = ListPart[ClientRow](
    path=PATH,
    noun="client",
    kind="client",
    columns=(
        Column(
            label="Name",
            phone="lead",
            get=lambda row: Link(row.name, f"{PATH}/{row.id}", PART_2 if row.part2 else ()),
        ),
        Column(label="Born", get=lambda row: long_day(row.birth_date) if row.birth_date else None),
        Column(label="Phone", get=lambda row: row.phone),
        Column(label="Payer", get=lambda row: row.payer),
        Column(label="Last changed", phone="off", sort="changed", get=lambda row: row.updated_at),
    ),
    sorts=(
        ("-changed", "Last change, newest first"),
        ("changed", "Last change, oldest first"),
        ("-added", "Added, newest first"),
        ("added", "Added, oldest first"),
    ),
)
