"""Forms of the people around a client."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.related_people.models import LINE_MAX, TEXT_MAX
from lmhg_gateway.features.related_people.rules import check_notice, problems
from lmhg_kit.http.form_rules import Good

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
        extra={"say": "Write an email address, such as ana@example.org."},
    ),
]


class PersonForm(msgspec.Struct, frozen=True, kw_only=True):
    """Someone around a client."""

    name: Annotated[str, msgspec.Meta(min_length=2, max_length=LINE_MAX)]
    role: Literal[
        "parent", "guardian", "foster", "representative", "partner", "relative", "caregiver",
        "friend",
    ]  # fmt: skip
    consents: Literal["unknown", "alone", "with_other", "no"] = "unknown"
    phone: Phone = ""
    email: Email = ""
    limits: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] = ""
    is_emergency: bool = False
    may_know: bool = False
    may_voicemail: bool | None = None
    may_text: bool | None = None
    may_email: bool | None = None
    document_id: uuid.UUID | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """Nobody to reach, and a role that does not go with consenting."""
        if "role" not in good:
            return {}
        return problems(
            good["role"],
            consents=good.get("consents", "unknown"),
            limits=good.get("limits", ""),
            phone=good.get("phone", ""),
            email=good.get("email", ""),
        )


class EditPerson(PersonForm, frozen=True, kw_only=True):
    """What is known now, by someone who saw a version."""

    version: int


class NoticeForm(msgspec.Struct, frozen=True, kw_only=True):
    """How the notice of privacy practices was given."""

    outcome: Literal["acknowledged", "refused", "not_reached", "emergency"]
    day: date
    note: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] = ""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that is still to come, and an attempt that says nothing."""
        if "outcome" not in good or "day" not in good:
            return {}
        note = good.get("note", "")
        return check_notice(good["outcome"], day=good["day"], note=note, today=today)
