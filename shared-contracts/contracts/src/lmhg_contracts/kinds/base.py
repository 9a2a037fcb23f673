"""What the structs of all kinds are made of: bounded, exempt field types."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

import msgspec

from lmhg_contracts.classification import DataClass, Plane

_EXEMPT = {"data_class": DataClass.EXEMPT.value}

UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
NAME_MAX = 120
TITLE_MAX = 120
SUBJECT_MAX = 200
ADDRESS_MAX = 200
TEXT_MAX = 4000
LIST_MAX = 32
OBJECT_BYTES_MAX = 64 * 1024 * 1024
"""Bytes of a file that crosses beside its record."""

Id = Annotated[str, msgspec.Meta(pattern=UUID_PATTERN, max_length=36, extra=_EXEMPT)]
Moment = Annotated[datetime, msgspec.Meta(tz=True, extra=_EXEMPT)]
Day = Annotated[date, msgspec.Meta(extra=_EXEMPT)]
Address = Annotated[str, msgspec.Meta(max_length=ADDRESS_MAX, extra=_EXEMPT)]
Code = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,39}$", max_length=40, extra=_EXEMPT)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX, extra=_EXEMPT)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_MAX, extra=_EXEMPT)]
Subject = Annotated[str, msgspec.Meta(min_length=1, max_length=SUBJECT_MAX, extra=_EXEMPT)]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_MAX, extra=_EXEMPT)]
Flag = Annotated[bool, msgspec.Meta(extra=_EXEMPT)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53, extra=_EXEMPT)]
Codes = Annotated[
    list[Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,39}$", max_length=40)]],
    msgspec.Meta(max_length=LIST_MAX, extra=_EXEMPT),
]

BusyType = Annotated[Literal["busy", "tentative", "out_of_office"], msgspec.Meta(extra=_EXEMPT)]
Category = Annotated[
    Literal["account", "computer", "phone", "building", "training", "other"],
    msgspec.Meta(extra=_EXEMPT),
]
Urgency = Annotated[Literal["low", "normal", "high"], msgspec.Meta(extra=_EXEMPT)]
TicketState = Annotated[
    Literal["new", "open", "waiting", "resolved", "closed"], msgspec.Meta(extra=_EXEMPT)
]
DocumentCategory = Annotated[
    Literal["handbook", "policy", "form", "training_material", "other"],
    msgspec.Meta(extra=_EXEMPT),
]
MediaType = Annotated[
    Literal[
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "text/plain",
    ],
    msgspec.Meta(extra=_EXEMPT),
]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64, extra=_EXEMPT)]
ObjectBytes = Annotated[int, msgspec.Meta(ge=1, le=OBJECT_BYTES_MAX, extra=_EXEMPT)]
Revision = Annotated[int, msgspec.Meta(ge=1, le=10_000, extra=_EXEMPT)]
RedactionReason = Annotated[
    Literal["names_client", "contact_detail", "record_number", "pattern", "officer"],
    msgspec.Meta(extra=_EXEMPT),
]


class Record(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True
):
    """A body that may cross: frozen, tagged with its kind, strict about its fields."""

    HOME: ClassVar[Plane]
    """The plane where it is written; the other has a read-only copy."""
    SCREENED: ClassVar[tuple[str, ...]]
    """Fields that a person types into: what screening reads. Ids, moments and closed lists carry none."""
    OBJECT: ClassVar[str] = ""
    """The field that names a file by SHA-256, beside one named `size`; empty where none crosses."""
