"""The list of announcements, as data."""

from lmhg_gateway.features.announcements.views import AnnouncementRow
from lmhg_kit.http.list_part import Column, Link, ListPart, Tag

PATH = "/announcements"

ANNOUNCEMENTS = ListPart[AnnouncementRow](
    path=PATH,
    noun="announcement",
    kind="announcement",
    columns=(
        Column(label="Title", phone="lead", get=lambda row: Link(row.title, f"{PATH}/{row.id}")),
        Column(label="State", phone="end", get=lambda row: Tag(row.state, row.state_tone)),
        Column(label="By", get=lambda row: row.author),
        Column(label="Written", sort="written", get=lambda row: row.published_at),
    ),
    sorts=(("-written", "Newest first"), ("written", "Oldest first")),
    has_words=True,
)
