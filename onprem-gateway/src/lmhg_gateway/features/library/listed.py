"""The list of the library, as data."""

from lmhg_gateway.features.library.rules import CATEGORIES
from lmhg_gateway.features.library.views import DocumentRow
from lmhg_kit.http.list_part import Column, Filter, Link, ListPart, Tag
from lmhg_kit.ui.coded import words

PATH = "/library"

LIBRARY = ListPart[DocumentRow](
    path=PATH,
    noun="document",
    kind="document_ref",
    columns=(
        Column(label="Title", phone="lead", get=lambda row: Link(row.title, f"{PATH}/{row.id}")),
        Column(label="State", phone="end", get=lambda row: Tag(row.state, row.state_tone)),
        Column(label="What it is", get=lambda row: row.category),
        Column(label="Added by", get=lambda row: row.author),
        Column(label="Added", get=lambda row: row.added_at),
    ),
    filters=(
        Filter(
            name="category",
            label="What it is",
            options=(("", "Any"), *((each, words(each)) for each in CATEGORIES)),
        ),
    ),
    has_words=True,
)
