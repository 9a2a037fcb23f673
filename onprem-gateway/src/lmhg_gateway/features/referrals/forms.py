"""Forms of referrals."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.referrals.rules import Reason, State, check_payer, check_received
from lmhg_kit.http.form_rules import Good, refused_by

Text200 = Annotated[str, msgspec.Meta(max_length=200)]
Concern = Annotated[str, msgspec.Meta(max_length=2000)]
Source = Literal[
    "self",
    "family",
    "physician",
    "hospital",
    "school",
    "court",
    "clinician",
    "insurer",
    "other",
    "unknown",
]
Channel = Literal[
    "phone", "web_form", "fax", "e_mail", "walk_in", "intake_form", "letter", "unknown"
]
ConcernCode = Literal[
    "anxiety", "depression", "trauma", "grief", "relationship", "family", "child_behaviour",
    "attention", "substance_use", "eating", "psychosis", "testing", "medication", "other", "unknown",
]  # fmt: skip
Urgency = Literal["routine", "soon", "urgent"]
Payer = Literal[
    "unknown", "self_pay", "medicaid", "medicare", "commercial", "sliding_scale", "none", "other"
]


class ReferralForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a referral."""

    received_on: date
    source_category: Source
    source: Text200 = ""
    channel: Channel
    concern_code: ConcernCode
    concern: Concern = ""
    urgency: Urgency
    payer: Payer = "unknown"
    payer_name: Text200 = ""
    """The plan or insurer, where the kind has one."""
    may_contact: bool = False
    may_report_back: bool = False

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that it cannot have come on; another payer without its name."""
        payer, name = good.get("payer", "unknown"), good.get("payer_name", "")
        return {
            **refused_by(lambda: check_received(good.get("received_on", today), today=today)),
            **refused_by(lambda: check_payer(payer, name=name)),
        }


class NewReferral(ReferralForm, frozen=True, kw_only=True):
    """What is known when a referral comes in."""

    why_another: Literal["", "new_concern", "other_service", "other_source"] = ""
    """Why, where the client has an open referral already."""


class EditReferral(ReferralForm, frozen=True, kw_only=True):
    """What is known now, by someone who saw a version of it."""

    version: int


class MoveForm(msgspec.Struct, frozen=True, kw_only=True):
    """One step: from what the person saw, to where, and why."""

    seen: State
    to: State
    reason: Reason | None = None
