"""Forms of consents."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.consents.models import LINE_MAX, TEXT_MAX
from lmhg_gateway.features.consents.rules import Scope, problems
from lmhg_kit.http.form_rules import Good

Line = Annotated[str, msgspec.Meta(max_length=LINE_MAX)]


class NewConsent(msgspec.Struct, frozen=True, kw_only=True):
    """What someone agreed to, and until when."""

    scope: Scope
    given_on: date
    given_by: Literal["client", "guardian", "representative"] = "client"
    giver: Line = ""
    how: Literal["signed", "electronic", "spoken"] = "signed"
    expires_on: date | None = None
    party: Line = ""
    about: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)] = ""
    document_id: uuid.UUID | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """What is missing, and days that do not fit."""
        if "scope" not in good or "given_on" not in good:
            return {}
        return problems(
            good["scope"],
            given_by=good.get("given_by", "client"),
            giver=good.get("giver", ""),
            party=good.get("party", ""),
            given_on=good["given_on"],
            expires_on=good.get("expires_on"),
            today=today,
        )


class EndForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why a consent ends."""

    why: Literal["revoked", "replaced", "mistake"]
