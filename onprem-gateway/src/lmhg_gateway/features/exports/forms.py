"""The form of an export."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_kit.http.form_rules import Good

LEAVES = "leaves"
Line = Annotated[str, msgspec.Meta(max_length=400)]


class ExportForm(msgspec.Struct, frozen=True, kw_only=True):
    """What to take along, in which form, and whether it leaves the practice."""

    what: Annotated[str, msgspec.Meta(min_length=1, max_length=40, extra={"say": "Choose one."})]
    form: Literal["csv", "xlsx"] = "csv"
    stays: Annotated[
        Literal["stays", "leaves"], msgspec.Meta(extra={"say": "Choose where the file goes."})
    ]
    recipient: Line = ""
    why: Line = ""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A file that leaves, without who gets it and why."""
        del today
        if good.get("stays") != LEAVES:
            return {}
        asked = {"recipient": "Write who gets the file.", "why": "Write why they get it."}
        return {name: said for name, said in asked.items() if len(str(good.get(name) or "")) < 3}
