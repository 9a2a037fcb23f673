"""Forms of documents."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.documents.rules import Why, check_retain
from lmhg_kit.http.form_rules import Good, refused_by

Name = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=120, extra={"say": "Write a name of at most 120 characters."}
    ),
]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Label = Literal[
    "referral_letter", "records", "assessment", "consent", "release", "insurance_card", "photo_id",
    "court_paper", "school_paper", "correspondence", "estimate", "other",
]  # fmt: skip
UploadId = Annotated[uuid.UUID | None, msgspec.Meta(extra={"say": "Choose a file."})]


class DocumentFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What people say of a document."""

    name: Name
    label: Label
    retain_until: date | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that is over."""
        return refused_by(lambda: check_retain(good.get("retain_until"), today=today))


class NewDocument(DocumentFacts, frozen=True, kw_only=True):
    """A document to add: what it is, and the upload that has its file."""

    referral_id: uuid.UUID | None = None
    upload_id: UploadId = None


class NewVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Another file of a document."""

    upload_id: UploadId = None


class DeleteForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why a document goes."""

    why: Why


class HoldForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why a document is held."""

    hold_why: Reason
