"""The library as pages show it."""

import uuid
from collections.abc import Mapping
from datetime import datetime

import msgspec

from lmhg_contracts.kinds.documents import DocumentRef
from lmhg_kit.ui.coded import words
from lmhg_portal.adapters.replica import Received

TYPES: Mapping[str, str] = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
    "image/jpeg": "Picture",
    "image/png": "Picture",
    "image/tiff": "Picture",
    "text/plain": "Text",
}
"""The kinds of files that cross, as people call them."""
CATEGORIES = ("handbook", "policy", "form", "training_material", "other")


class DocumentRow(msgspec.Struct, frozen=True):
    """One document."""

    id: uuid.UUID
    title: str
    category: str
    type: str
    size: str
    file_name: str
    by: str
    published_at: datetime
    revision: int


def row(found: Received[DocumentRef], names: Mapping[str, str]) -> DocumentRow:
    """A document as a row or a page shows it."""
    body = found.body
    return DocumentRow(
        id=found.id,
        title=body.title,
        category=words(body.category),
        type=TYPES[body.media_type],
        size=size_words(body.size),
        file_name=body.file_name,
        by=names.get(body.author_id, "The practice"),
        published_at=body.published_at,
        revision=body.revision,
    )


def size_words(size: int) -> str:
    """A size as people say it."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"
