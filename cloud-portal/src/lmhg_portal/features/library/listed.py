"""The list of the library, as data."""

from lmhg_kit.http.list_part import Column, Filter, Link, ListPart
from lmhg_kit.ui.coded import words
from lmhg_portal.features.library.views import CATEGORIES, DocumentRow

PATH = "/library"

LIBRARY = ListPart[DocumentRow](
    path=PATH,
    noun="document",
    kind="document_ref",
    columns=(
        Column(label="Title", phone="lead", get=lambda row: Link(row.title, f"{PATH}/{row.id}")),
        Column(label="What it is", phone="end", get=lambda row: row.category),
        Column(label="File", get=lambda row: f"{row.type}, {row.size}"),
        Column(label="From", phone="off", get=lambda row: row.by),
        Column(label="Shared", get=lambda row: row.published_at),
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
