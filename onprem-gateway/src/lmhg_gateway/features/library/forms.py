"""Forms of the library."""

import uuid
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_contracts.kinds.base import TITLE_MAX

Title = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=TITLE_MAX,
        extra={"say": "Write a title of at most 120 characters."},
    ),
]
Category = Literal["handbook", "policy", "form", "training_material", "other"]
UploadId = Annotated[uuid.UUID | None, msgspec.Meta(extra={"say": "Choose a file."})]


class NewSharedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document to add: what it is, and the upload that has its file."""

    title: Title
    category: Category
    upload_id: UploadId = None


class NextVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A newer file of a document."""

    upload_id: UploadId = None


class ProposalForm(msgspec.Struct, frozen=True):
    """Why a document should reach the portal, and until when."""

    reason: Annotated[str, msgspec.Meta(min_length=5, max_length=1000)]
    expires_on: date | None = None


class Approval(msgspec.Struct, frozen=True):
    """Which version of the record, and which file, the approving person saw."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    sha256: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class Statement(Approval, frozen=True, kw_only=True):
    """That the approving person read every page of a file that the program could not read."""

    every_page: Annotated[
        bool,
        msgspec.Meta(extra={"say": "Open the file and read every page, then check this box."}),
    ] = False


class OnPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a document's page has fields for, in all its forms together."""

    reason: str = ""
    expires_on: str = ""
    every_page: str = ""
    upload_id: str = ""
