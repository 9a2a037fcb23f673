"""Forms of the access log."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.access_log.rules import check_disclosed
from lmhg_kit.http.form_rules import Good, refused_by

Line = Annotated[str, msgspec.Meta(min_length=2, max_length=400)]
Text = Annotated[str, msgspec.Meta(min_length=3, max_length=1000)]
Basis = Literal[
    "required_by_law",
    "public_health",
    "oversight",
    "court",
    "law_enforcement",
    "abuse_report",
    "serious_threat",
    "coroner",
    "research",
    "not_permitted",
    "on_request",
    "other",
]


class FindClient(msgspec.Struct, frozen=True):
    """A name, phone number, e-mail address, birth date or id."""

    q: Annotated[str, msgspec.Meta(min_length=2, max_length=120)]


class NewDisclosure(msgspec.Struct, frozen=True):
    """What an accounting has to say of one disclosure. Source: 45 CFR 164.528 (b)."""

    disclosed_on: date
    recipient: Line
    what: Text
    why: Text
    basis: Basis
    address: Annotated[str, msgspec.Meta(max_length=400)] = ""
    corrects: uuid.UUID | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that is still to come."""
        return refused_by(lambda: check_disclosed(good.get("disclosed_on", today), today=today))
