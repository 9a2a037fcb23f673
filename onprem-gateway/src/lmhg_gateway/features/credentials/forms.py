"""Forms of credentials."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_gateway.features.credentials.models import NAME_MAX, NUMBER_MAX
from lmhg_gateway.features.credentials.rules import Kind, caqh_until, problems
from lmhg_kit.http.form_rules import Good

Number = Annotated[str, msgspec.Meta(max_length=NUMBER_MAX)]
Name = Annotated[str, msgspec.Meta(max_length=NAME_MAX)]


class CredentialForm(msgspec.Struct, frozen=True, kw_only=True):
    """One license, insurance or attestation."""

    kind: Kind
    state: Annotated[str, msgspec.Meta(max_length=2)] = ""
    number: Number = ""
    issuer: Name = ""
    valid_until: date | None = None
    attested_on: date | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A license without a state, and days that are missing."""
        if "kind" not in good:
            return {}
        return problems(
            good["kind"],
            state=good.get("state", ""),
            valid_until=good.get("valid_until"),
            attested_on=good.get("attested_on"),
            today=today,
        )

    def until(self) -> date | None:
        """The last day on which it counts."""
        if self.kind is Kind.CAQH:
            return caqh_until(self.attested_on) if self.attested_on else None
        return self.valid_until


class RenewForm(msgspec.Struct, frozen=True, kw_only=True):
    """Until when it counts now; of CAQH, when it was attested."""

    renewed: date


class PanelForm(msgspec.Struct, frozen=True, kw_only=True):
    """A payer whose panel a clinician is on."""

    payer: Literal["medicaid", "medicare", "commercial"]
    begins_on: date
    name: Name = ""
