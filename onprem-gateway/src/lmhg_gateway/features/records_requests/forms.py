"""Forms of requests."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.records_requests.clock_rules import Kind, check_received
from lmhg_gateway.features.records_requests.models import LINE_MAX, TEXT_MAX
from lmhg_kit.http.form_rules import Good, refused_by

Line = Annotated[str, msgspec.Meta(max_length=LINE_MAX)]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_MAX)]
Said = Annotated[str, msgspec.Meta(min_length=3, max_length=TEXT_MAX)]
Denial = Literal[
    "psychotherapy_notes", "for_a_court", "danger", "other_person", "in_confidence", "not_ours",
    "correct", "cannot_do",
]  # fmt: skip


class NewRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What someone asks for, and since when."""

    kind: Kind
    received_on: date
    asked_by: Literal[
        "client", "guardian", "representative", "attorney", "provider", "insurer", "court",
        "agency", "other",
    ]  # fmt: skip
    what: Said
    asker: Line = ""
    purpose: Literal[
        "own_use", "care_elsewhere", "legal", "insurance", "benefits", "safety", "not_said"
    ] = "not_said"
    form: Literal["electronic", "paper", "look", "summary", "not_asked"] = "not_asked"
    is_paid_in_full: bool = False

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that is still to come, and someone else who is not named."""
        found = dict(
            refused_by(lambda: check_received(good.get("received_on", today), today=today))
        )
        if good.get("asked_by", "client") != "client" and not good.get("asker"):
            found["asker"] = "Write who asks, and how to reach them."
        return found


class IdentityForm(msgspec.Struct, frozen=True, kw_only=True):
    """How it was checked that who asks may ask."""

    checked_how: Literal["photo_id", "known", "call_back", "signature", "authority"]


class ExtendForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why it takes longer, as the letter says it."""

    extension_why: Said


class LogForm(msgspec.Struct, frozen=True, kw_only=True):
    """A letter, a call or a note."""

    act: Literal["letter_out", "letter_in", "call", "note"]
    day: date
    said: Said
    key: uuid.UUID | None = None
    """The id of what is written: a form that is sent twice writes it once."""


class ReleaseForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed over, to whom and how."""

    released_on: date
    recipient: Annotated[str, msgspec.Meta(min_length=2, max_length=LINE_MAX)]
    given: Annotated[str, msgspec.Meta(min_length=3, max_length=1000)]
    how: Literal["handed_over", "mail", "secure_email", "fax", "disk", "looked"]
    address: Line = ""
    key: uuid.UUID | None = None
    """The id of the handing over: a form that is sent twice counts once."""


class AnswerForm(msgspec.Struct, frozen=True, kw_only=True):
    """How a request ends."""

    outcome: Literal["given", "given_in_part", "accepted", "denied", "nothing_held", "withdrawn"]
    answered_on: date | None = None
    denied_for: Denial | None = None
    decision: Text = ""
    fee: Annotated[
        str,
        msgspec.Meta(
            max_length=9,
            pattern=r"^$|^[0-9]{1,4}([.][0-9]{2})?$",
            extra={"say": "Write dollars and cents, such as 6.50."},
        ),
    ] = ""

    def fee_cents(self) -> int | None:
        """The fee in cents."""
        dollars, _, cents = self.fee.partition(".")
        return int(dollars) * 100 + int(cents or 0) if self.fee else None


class EndForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why what was agreed is no longer in force."""

    why: Said
