"""Forms of referrals."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.referrals.rules import Reason, State

Text200 = Annotated[str, msgspec.Meta(max_length=200)]
Concern = Annotated[str, msgspec.Meta(max_length=2000)]
Source = Literal[
    "self", "family", "physician", "hospital", "school", "court", "clinician", "insurer", "other"
]
Channel = Literal["phone", "web_form", "fax", "e_mail", "walk_in", "intake_form", "letter"]
ConcernCode = Literal[
    "anxiety", "depression", "trauma", "grief", "relationship", "family", "child_behaviour",
    "attention", "substance_use", "eating", "psychosis", "testing", "medication", "other", "unknown",
]  # fmt: skip
Urgency = Literal["routine", "soon", "urgent"]
Payer = Literal[
    "unknown", "self_pay", "medicaid", "medicare", "commercial", "sliding_scale", "none"
]


class NewReferral(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a referral comes in."""

    received_on: date
    source_category: Source
    source: Text200 = ""
    channel: Channel
    concern_code: ConcernCode
    concern: Concern = ""
    urgency: Urgency = "routine"
    payer: Payer = "unknown"
    may_contact: bool = False
    may_report_back: bool = False


class MoveForm(msgspec.Struct, frozen=True, kw_only=True):
    """One step: from what the person saw, to where, and why."""

    seen: State
    to: State
    reason: Reason | None = None
