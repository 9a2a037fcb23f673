"""Forms of outside services."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec

from lmhg_gateway.features.vendors.models import NAME_MAX, WORDS_MAX
from lmhg_gateway.features.vendors.rules import Sees, problems
from lmhg_kit.http.form_rules import Good


class VendorForm(msgspec.Struct, frozen=True, kw_only=True):
    """One outside service and its contract."""

    name: Annotated[str, msgspec.Meta(min_length=2, max_length=NAME_MAX)]
    does: Annotated[str, msgspec.Meta(min_length=2, max_length=WORDS_MAX)]
    sees: Sees
    contact: Annotated[str, msgspec.Meta(max_length=WORDS_MAX)] = ""
    contract_on: date | None = None
    contract_until: date | None = None
    review_on: date | None = None

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:  # noqa: ARG003 - as every form's
        """Dates that do not fit together."""
        if "sees" not in good:
            return {}
        return problems(
            good["sees"],
            contract_on=good.get("contract_on"),
            contract_until=good.get("contract_until"),
            review_on=good.get("review_on"),
        )


class EditVendor(VendorForm, frozen=True, kw_only=True):
    """The same, for one on record, with the version that was seen."""

    version: Annotated[int, msgspec.Meta(ge=1)]
