"""Filters of a ledger that stand in its page's address: what both ledgers' filters share."""

import uuid
from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from lmhg_kit.http.door import day_in

LONGEST = 80
"""Letters of one filter."""


@dataclass(frozen=True, kw_only=True)
class AddressFilter:
    """Which entries to show, by day and record; empty text filters nothing."""

    since: str = ""
    until: str = ""
    record_id: str = ""

    @classmethod
    def of(cls, query: dict[str, str]) -> Self:
        """The filter in an address; other parameters are not its business."""
        return cls(**{each.name: query.get(each.name, "")[:LONGEST] for each in fields(cls)})

    def query(self) -> dict[str, str]:
        """The filter as the address carries it."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in named.items() if value}

    @property
    def is_empty(self) -> bool:
        """Whether every entry is wanted."""
        return not self.query()

    def errors(self) -> dict[str, str]:
        """What cannot be read, by field."""
        first, last = day_of(self.since), day_of(self.until)
        wrong = {
            name: "Choose a day from the calendar."
            for name, typed, day in (("since", self.since, first), ("until", self.until, last))
            if typed and day is None
        }
        if first and last and first > last:
            wrong["until"] = "The end date is before the start date."
        if self.record_id and uuid_of(self.record_id) is None:
            wrong["record_id"] = "Paste the whole record number: 32 letters and digits."
        return wrong


def day_of(text: str) -> date | None:
    """The day that a text writes as year-month-day, if it is one."""
    return day_in(text)


def uuid_of(text: str) -> uuid.UUID | None:
    """The id that a text writes, if it is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
