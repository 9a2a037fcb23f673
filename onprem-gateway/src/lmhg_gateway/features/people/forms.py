"""What is typed about people."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.decisions.public import check_reason, split_roles
from lmhg_gateway.kernel.mail_address import ADDRESS, ADDRESS_MAX
from lmhg_kit.http.form_rules import Good, refused_by

ADDRESS_WRONG = "Write an address such as kim@practice.org."
ROLES_MISSING = "Choose at least one role."


class Role(StrEnum):
    """A role as a form has it; the same as `ROLES`."""

    FRONT_DESK = "front_desk"
    CLINICIAN = "clinician"
    TRAINER = "trainer"
    IT_SUPPORT = "it_support"
    COMPLIANCE = "compliance"
    ADMIN = "admin"
    STAFF = "staff"


RoleList = Annotated[
    list[Role],
    msgspec.Meta(min_length=1, max_length=len(ROLES), extra={"say": ROLES_MISSING}),
]


Reason = Annotated[str, msgspec.Meta(max_length=500)]
"""Why; needed for what a second person decides."""


class InviteForm(msgspec.Struct, frozen=True):
    """A new colleague."""

    display_name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    email: Annotated[
        str,
        msgspec.Meta(
            min_length=3, max_length=ADDRESS_MAX, pattern=ADDRESS, extra={"say": ADDRESS_WRONG}
        ),
    ]
    roles: RoleList
    reason: Reason = ""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """Roles that a second person approves, without a reason for them."""
        waiting = split_roles([str(role) for role in good.get("roles", ())], has=[])[1]
        is_asked = bool(waiting) and "reason" in good
        return refused_by(lambda: check_reason(good["reason"])) if is_asked else {}


class RuleForm(msgspec.Struct, frozen=True):
    """From when a role needs a second factor; without a day it needs none."""

    role: Role
    required_from: date | None = None
    reason: Reason = ""


class RolesForm(msgspec.Struct, frozen=True):
    """The roles that someone has from now on."""

    roles: RoleList
    reason: Reason = ""
    version: int | None = None
    """Of the roles that the page showed."""
