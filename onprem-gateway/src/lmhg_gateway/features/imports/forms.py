"""Forms of imports."""

import uuid
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.adapters.read_table import COLUMNS_MAX

UploadId = Annotated[uuid.UUID | None, msgspec.Meta(extra={"say": "Choose a file."})]
ColumnName = Literal[
    "skip", "legal_name", "first_name", "last_name", "name_used", "pronouns", "birth_date", "mobile", "phone",
    "email", "address", "street", "city", "state", "zip", "guardian", "payer", "language", "may_voicemail",
    "may_text", "may_email", "may_mail", "part2", "number", "record", "version", "client_record", "received_on",
    "channel", "source_category", "source", "concern_code", "concern", "urgency", "payer_name", "may_contact",
    "may_report_back",
]  # fmt: skip


class NewImport(msgspec.Struct, frozen=True, kw_only=True):
    """A file of clients or of referrals, by the upload that has its bytes."""

    upload_id: UploadId = None
    what: Literal["clients", "referrals"] = "clients"


class MapForm(msgspec.Struct, frozen=True, kw_only=True):
    """What each column is, in the order of the file, and whether records on file may be changed."""

    columns: Annotated[list[ColumnName], msgspec.Meta(max_length=COLUMNS_MAX)] = []
    may_update: bool = False
