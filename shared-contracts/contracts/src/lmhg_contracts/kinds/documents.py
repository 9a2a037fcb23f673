"""Documents of the practice: handbooks and forms, never about a client."""

from typing import ClassVar

from lmhg_contracts.classification import Plane
from lmhg_contracts.kinds.base import (
    DocumentCategory,
    Id,
    MediaType,
    Moment,
    Name,
    ObjectBytes,
    Record,
    Revision,
    Sha256,
    Title,
)


class DocumentRef(Record, frozen=True, tag="document_ref", kw_only=True):
    """One version of a document, with the file that it names; exempt only after a second person approved both.

    `document_id` is the same for all versions of one document.
    """

    HOME: ClassVar = Plane.ONPREM
    SCREENED: ClassVar = ("file_name", "title")
    OBJECT: ClassVar = "sha256"

    author_id: Id
    category: DocumentCategory
    document_id: Id
    file_name: Name
    media_type: MediaType
    published_at: Moment
    revision: Revision
    sha256: Sha256
    size: ObjectBytes
    title: Title
