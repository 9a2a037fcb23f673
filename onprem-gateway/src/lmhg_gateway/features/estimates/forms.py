"""Forms of estimates."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

import msgspec

from lmhg_kit.http.door import FIRST_DAY, LAST_DAY
from lmhg_kit.http.form_rules import Good


class NewEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """That a person is owed one: they asked, or something changed."""

    why: Literal["asked", "changed"]
    visit_on: date | None = None
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A visit that is over."""
        visit = good.get("visit_on")
        if visit is not None and not today <= visit <= LAST_DAY:
            return {"visit_on": "Write a date from today on, or leave it empty."}
        return {}


class GivenForm(msgspec.Struct, frozen=True, kw_only=True):
    """When and how it was given, and the paper."""

    given_on: date
    how: Literal["paper", "mail", "email", "portal"]
    document_id: uuid.UUID | None = None
    amount: Annotated[
        str,
        msgspec.Meta(
            max_length=9,
            pattern=r"^$|^[0-9]{1,5}([.][0-9]{2})?$",
            extra={"say": "Write dollars and cents, such as 1200.00."},
        ),
    ] = ""

    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """A day that is still to come."""
        day = good.get("given_on")
        if day is not None and not FIRST_DAY <= day <= today:
            return {"given_on": f"Write a date from {FIRST_DAY.year} to today."}
        return {}

    def amount_cents(self) -> int | None:
        """What the estimate says, in cents."""
        dollars, _, cents = self.amount.partition(".")
        return int(dollars) * 100 + int(cents or 0) if self.amount else None


class NotOwedForm(msgspec.Struct, frozen=True, kw_only=True):
    """Why none is needed."""

    not_why: Annotated[str, msgspec.Meta(min_length=3, max_length=1000)]
