"""Forms of pairs."""

import uuid
from typing import Annotated

import msgspec

Line = Annotated[str, msgspec.Meta(max_length=400)]


class Typing(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed of a new client so far, whole or half."""

    legal_name: Line = ""
    name_used: Line = ""
    birth_date: Line = ""
    phone: Line = ""
    mobile: Line = ""
    email: Line = ""
    address: Line = ""
    other_person: bool = False
    shown: Annotated[list[uuid.UUID], msgspec.Meta(max_length=30)] = []
