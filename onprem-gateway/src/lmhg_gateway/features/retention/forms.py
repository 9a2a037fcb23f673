"""Forms of retention."""

import uuid
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.retention.models import CODE_MAX, WHY_MAX, YEARS_MAX
from lmhg_gateway.features.retention.rules import LeftOut

Why = Annotated[
    str,
    msgspec.Meta(
        min_length=10, max_length=WHY_MAX, extra={"say": "Write why, in ten letters or more."}
    ),
]
Years = Annotated[
    int,
    msgspec.Meta(
        ge=1, le=YEARS_MAX, extra={"say": f"Write a number of years from 1 to {YEARS_MAX}."}
    ),
]


class ChangeForm(msgspec.Struct, frozen=True, kw_only=True):
    """Other years for one line, and why."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=CODE_MAX)]
    years: Years
    why: Why


class VerdictForm(msgspec.Struct, frozen=True, kw_only=True):
    """What someone decides."""

    verdict: Literal["declined", "dropped"]


class HoldForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is on hold, and why."""

    why: Why
    referral_id: uuid.UUID | None = None


class AskForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why a batch is to be disposed of."""

    why: Why


class LeaveOutForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why a record stays."""

    left_out_why: LeftOut


class ProofForm(msgspec.Struct, frozen=True, kw_only=True):
    """The id of a record, as the access log has it."""

    record_id: Annotated[
        str,
        msgspec.Meta(
            max_length=36, extra={"say": "Paste the whole id, as the access log shows it."}
        ),
    ]
