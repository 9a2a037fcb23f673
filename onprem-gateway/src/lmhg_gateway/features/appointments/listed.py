"""The appointments of a day as a list, as data."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from lmhg_gateway.features.appointments.views import AppointmentRow
from lmhg_kit.http.list_part import Cell, Column, Link, ListPart, Tag
from lmhg_kit.ui.spans import span_on

PATH = "/appointments"
PARTS_KEPT = 16
"""Days whose list is kept, with its rows as they were drawn."""


@lru_cache(PARTS_KEPT)
def day_part(day: date, zone: ZoneInfo, *, shows_cloud: bool) -> ListPart[AppointmentRow]:
    """The list of one day; its times are those of that day."""

    def span(row: AppointmentRow) -> Cell:
        return span_on(day, row.starts_at, row.ends_at, zone)

    columns: Sequence[Column[AppointmentRow]] = (
        Column(label="Time", phone="line", get=span),
        Column(
            label="Client",
            phone="lead",
            get=lambda row: Link(row.client, f"/clients/{row.client_id}"),
        ),
        Column(label="Status", phone="end", get=lambda row: Tag(row.status, row.status_tone)),
        Column(label="Clinician", get=lambda row: row.clinician),
        Column(label="Service", get=lambda row: row.service),
        Column(label="Office note", get=lambda row: row.note),
    )
    if shows_cloud:
        cloud = Column[AppointmentRow](
            label="On the portal",
            in_file=False,
            get=lambda row: Link("What is shared", f"{PATH}/{row.id}/cloud"),
        )
        columns = (*columns, cloud)
    return ListPart[AppointmentRow](
        path=PATH, noun="appointment", kind="appointment", columns=columns
    )
