"""Forms of the people of a referral."""

import uuid
from typing import Annotated, Literal

import msgspec

Role = Literal["client", "partner", "child", "guardian"]


class FindPerson(msgspec.Struct, frozen=True, kw_only=True):
    """The name or number of someone to add."""

    q: Annotated[str, msgspec.Meta(min_length=2, max_length=100)]


class NewPart(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes part, and as what."""

    client: uuid.UUID
    role: Role
