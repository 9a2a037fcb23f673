"""The list of requests, as data."""

from lmhg_gateway.features.records_requests.repository import CLOSED, LATE, OPEN
from lmhg_gateway.features.records_requests.rules import KINDS
from lmhg_gateway.features.records_requests.views import RequestRow
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.formats import long_day

PATH = "/requests"

REQUESTS = ListPart[RequestRow](
    path=PATH,
    noun="request",
    kind="records_request",
    columns=(
        Column(label="Client", phone="lead", get=lambda row: Link(row.name, f"{PATH}/{row.id}")),
        Column(label="What", get=lambda row: row.kind),
        Column(label="Who asks", phone="off", get=lambda row: row.asked_by),
        Column(label="Received", sort="received", get=lambda row: long_day(row.received_on)),
        Column(label="Answer by", sort="due", get=lambda row: long_day(row.due_on)),
        Column(label="State", phone="end", get=lambda row: Tag(row.state, row.state_tone)),
    ),
    filters=(
        Filter(
            name="state",
            label="State",
            options=((OPEN, "Open"), (LATE, "Late"), (CLOSED, "Answered")),
        ),
        Filter(
            name="kind",
            label="What",
            options=(("", "Anything"), *((kind.value, said[0]) for kind, said in KINDS.items())),
        ),
    ),
    sorts=(
        ("due", "Due first"),
        ("-due", "Due last"),
        ("-received", "Newest first"),
        ("received", "Oldest first"),
    ),
)
