"""What one row of a file says of a referral, and of whom it is. Pure."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from lmhg_gateway.features.clients.public import payer_of, payer_text
from lmhg_gateway.features.imports.columns import LEAVE_OUT, RECORD, folded
from lmhg_gateway.features.imports.referral_columns import CLIENT_RECORD, WHO
from lmhg_gateway.features.imports.rules import RowRefused, day_of, flag_of, record_of, row_of
from lmhg_gateway.features.referrals.public import (
    CHANNELS,
    CONCERNS,
    SOURCES,
    URGENCIES,
    NewReferral,
)
from lmhg_kit.ui.coded import words

CODES: Mapping[str, Sequence[str]] = {
    "channel": CHANNELS,
    "source_category": SOURCES,
    "concern_code": CONCERNS,
    "urgency": URGENCIES,
}
FLAGS = ("may_contact", "may_report_back")
TEXTS = ("source", "concern")
USUAL = {
    "channel": "unknown", "source_category": "unknown", "concern_code": "unknown", "urgency": "routine",
}  # fmt: skip
"""What is not said."""


@dataclass(frozen=True, kw_only=True)
class ReferralRow:
    """What one row says: values that it has, as a referral's form takes them; and of whom it is."""

    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    who: Mapping[str, Any] = field(default_factory=dict[str, Any])
    record: uuid.UUID | None = None
    client: uuid.UUID | None = None
    number: str = ""

    def key(self, client_id: uuid.UUID) -> str:
        """What tells that two rows are the same one: the old system's number, or the client, the day and from where."""
        if self.number:
            return f"referral|number|{self.number.casefold()}"
        told = [
            str(self.values.get(name, "")) for name in ("received_on", "source_category", "source")
        ]
        return "|".join(("referral", str(client_id), *told)).casefold()


def referral_row_of(cells: Sequence[str], columns: Sequence[str], *, today: date) -> ReferralRow:
    """What a row says by its columns. Raises: RowRefused."""
    if len(cells) > len(columns):
        raise RowRefused("row_columns")
    said = {n: c for n, c in zip(columns, cells, strict=False) if c and n != LEAVE_OUT}
    record, client = record_of(said.pop(RECORD, "")), record_of(said.pop(CLIENT_RECORD, ""))
    who: Mapping[str, Any] = {}
    if not record and not client:
        names = [each for each in columns if each in WHO]
        who = row_of([said.get(each, "") for each in names], names, today=today).values
    values = _values(said, today=today)
    if not record:
        referral_of(values)
    return ReferralRow(
        values=values, who=who, record=record, client=client, number=said.get("number", "")
    )


def _values(said: Mapping[str, str], *, today: date) -> dict[str, Any]:
    values: dict[str, Any] = {name: _code(name, said[name]) for name in CODES if name in said}
    values |= {name: said[name] for name in TEXTS if name in said}
    values |= {name: flag_of(said[name]) for name in FLAGS if name in said}
    if "received_on" in said:
        try:
            values["received_on"] = day_of(said["received_on"], today=today)
        except RowRefused:
            raise RowRefused("received_on") from None
    if "payer" in said or "payer_name" in said:
        payer = payer_of(said.get("payer"), said.get("payer_name", ""))
        values |= {"payer": payer.code, "payer_name": payer.name}
    return values


def _code(name: str, text: str) -> str:
    """A choice by its words or its code. Raises: RowRefused."""
    known = {folded(words(each)): each for each in CODES[name]}
    known |= {folded(each): each for each in CODES[name]}
    code = known.get(folded(text))
    if code is None:
        raise RowRefused(name)
    return code


def referral_of(values: Mapping[str, Any]) -> NewReferral:
    """The referral that these values begin. Raises: RowRefused, with the field as its code."""
    if "received_on" not in values:
        raise RowRefused("received_on")
    try:
        return msgspec.convert({**USUAL, **values}, NewReferral)
    except msgspec.ValidationError as refused:
        found = re.search(r"\$\.(\w+)", str(refused))
        name = found[1] if found else ""
        raise RowRefused(name if name in CODES else "too_long") from None


def referral_differences(row: ReferralRow, saved: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says otherwise than the referral on record; an empty cell says nothing."""
    found = {
        name: value
        for name, value in row.values.items()
        if name not in ("payer", "payer_name") and (saved.get(name) or None) != (value or None)
    }
    if "payer" in row.values:
        now = payer_of(saved.get("payer"), saved.get("payer_name") or "")
        wanted = payer_of(row.values["payer"], row.values["payer_name"])
        if payer_text(now) != payer_text(wanted):
            found |= {"payer": wanted.code, "payer_name": wanted.name}
    return found
