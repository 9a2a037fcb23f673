"""The list of credentials, as data."""

from lmhg_gateway.features.credentials.repository import ALL, OVER, SOON
from lmhg_gateway.features.credentials.views import CredentialRow
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.formats import long_day

PATH = "/credentials"

CREDENTIALS = ListPart[CredentialRow](
    path=PATH,
    noun="credential",
    kind="staff_credential",
    columns=(
        Column(
            label="Who",
            phone="lead",
            get=lambda row: Link(row.name, f"{PATH}/people/{row.person_id}"),
        ),
        Column(label="What", get=lambda row: row.what),
        Column(label="Number", phone="off", get=lambda row: row.detail),
        Column(label="Until", get=lambda row: long_day(row.valid_until)),
        Column(label="State", phone="end", get=lambda row: Tag(row.state, row.state_tone)),
    ),
    filters=(
        Filter(
            name="which",
            label="Show",
            options=((ALL, "All"), (SOON, "Ends within 60 days"), (OVER, "Ended")),
        ),
    ),
)
