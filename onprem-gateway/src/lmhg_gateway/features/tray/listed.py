"""The list of papers, as data."""

import uuid
from datetime import datetime

import msgspec

from lmhg_gateway.features.tray.repository import ASIDE, FILED, OPEN, TELL
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag

PATH = "/tray"


class PaperRow(msgspec.Struct, frozen=True, kw_only=True):
    """One paper in the list."""

    id: uuid.UUID
    title: str
    about: str
    source: str
    pages: int
    came_at: datetime
    owner: str
    state: str
    state_tone: str
    note: str


def _state(row: PaperRow) -> Tag:
    return Tag(row.state, row.state_tone)


TRAY = ListPart[PaperRow](
    path=PATH,
    noun="paper",
    kind="paper",
    columns=(
        Column(label="Paper", phone="lead", get=lambda row: Link(row.title, f"{PATH}/{row.id}")),
        Column(label="About", get=lambda row: row.about),
        Column(label="State", phone="end", get=_state),
        Column(label="Came", get=lambda row: row.came_at),
        Column(label="From", phone="off", get=lambda row: row.source),
        Column(label="Pages", phone="off", get=lambda row: row.pages),
        Column(label="Who is on it", get=lambda row: row.owner or row.note),
    ),
    filters=(
        Filter(
            name="which",
            label="Show",
            options=(
                (OPEN, "In the tray"),
                (TELL, "Senders to tell"),
                (FILED, "Filed"),
                (ASIDE, "Set aside"),
            ),
        ),
    ),
)
