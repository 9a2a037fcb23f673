"""Forms of clients."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import msgspec

from lmhg_gateway.features.clients.rules import check_birth
from lmhg_gateway.features.clients.search_rules import SEARCH_MAX
from lmhg_gateway.web.points import Traits
from lmhg_kit.http.form_rules import Good, refused_by

Line = Annotated[str, msgspec.Meta(max_length=200)]
Short = Annotated[str, msgspec.Meta(max_length=60)]
Phone = Annotated[
    str,
    msgspec.Meta(
        max_length=40,
        pattern=r"^$|^[0-9+() .x-]{7,40}$",
        extra={"say": "Write a phone number with its area code, such as 502 555 0142."},
    ),
]
Email = Annotated[
    str,
    msgspec.Meta(
        max_length=200,
        pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$",
        extra={"say": "Write an e-mail address, such as ana@example.org."},
    ),
]


SHOWN_MAX = 30
"""People on record whom one form can name."""


class ClientForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a client."""

    legal_name: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]
    name_used: Line = ""
    pronouns: Short = ""
    birth_date: date | None = None
    phone: Phone = ""
    mobile: Phone = ""
    email: Email = ""
    address: Annotated[str, msgspec.Meta(max_length=400)] = ""
    guardian: Line = ""
    payer: Line = ""
    """A kind of payer by its code, or any payer in words."""
    payer_name: Line = ""
    """The plan or insurer, where the kind has one."""
    language: Short = ""
    may_voicemail: bool | None = None
    may_text: bool | None = None
    may_email: bool | None = None
    may_mail: bool | None = None
    part2: bool = False

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A birth date that nobody has."""
        return refused_by(lambda: check_birth(good.get("birth_date"), today=today))


class NewClient(ClientForm, frozen=True, kw_only=True):
    """A person who is new here, unless someone of the same name is on record already."""

    other_person: bool = False
    """That everyone who is shown as on record is someone else."""
    shown: Annotated[list[uuid.UUID], msgspec.Meta(max_length=SHOWN_MAX)] = []
    """Who was shown; someone who is found besides them is shown first. A program may leave it out."""
    key: uuid.UUID | None = None
    """The id of the new record: a form that is sent again gives the record that it made."""


class EditClient(ClientForm, frozen=True, kw_only=True):
    """What is known now, by someone who saw a version."""

    version: int


class SearchForm(msgspec.Struct, frozen=True):
    """One box for everything."""

    q: Annotated[str, msgspec.Meta(max_length=SEARCH_MAX)] = ""


def typed_traits(values: Mapping[str, Any]) -> Traits:
    """What a form says of a person, whole or half typed; a birth date that is none says nothing."""
    said = {name: str(values.get(name) or "")[:400] for name in ClientForm.__struct_fields__}
    try:
        born = date.fromisoformat(said["birth_date"]) if said["birth_date"] else None
    except ValueError:
        born = None
    return Traits(
        names=tuple(said[name] for name in ("legal_name", "name_used") if said[name]),
        born=born,
        phones=tuple(said[name] for name in ("phone", "mobile") if said[name]),
        email=said["email"],
        address=said["address"],
    )
