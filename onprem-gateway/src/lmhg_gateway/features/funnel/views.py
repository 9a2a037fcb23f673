"""The funnel and the standing of referrals as pages show them."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from lmhg_gateway.features.funnel.rules import NOW, REACHED, month_words
from lmhg_gateway.features.referrals.public import SOURCES, STEPS, Referral
from lmhg_gateway.features.work_list.public import WorkItem, due_words
from lmhg_kit.http.list_part import Link
from lmhg_kit.http.paging import address
from lmhg_kit.ui.coded import words

STANDING = "/standing"
NAMELESS = "(no name on file)"
ALL = "All"


class FunnelRow(msgspec.Struct, frozen=True, kw_only=True):
    """One source or month with its counts; each count leads to exactly those referrals."""

    key: str
    label: str
    counts: Mapping[str, int]
    query: Mapping[str, str]

    def link(self, name: str) -> Link:
        """One count, and the list that holds exactly these."""
        what, _, value = name.partition("_")
        more = {} if what == "received" else {what: value}
        return Link(f"{self.counts[name]:,}", address(STANDING, {**self.query, **more}))


class StandingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One referral's whole standing in one row."""

    id: uuid.UUID
    client: str
    state: str
    days: int
    urgency: str
    step: str
    due: str
    due_tone: str
    last: str
    owner: str
    source: str
    payer: str
    received_on: date


def funnel_rows(
    found: Mapping[str, Mapping[str, int]], *, by: str, query: Mapping[str, str]
) -> list[FunnelRow]:
    """The rows in their order, sources by name or months from the newest on; last all of them together."""
    order = [each for each in SOURCES if each in found]
    keys = sorted(found, reverse=True) if by == "month" else order
    rows = [
        FunnelRow(
            key=key,
            label=month_words(key) if by == "month" else words(key),
            counts=found[key],
            query={by: key} if by == "month" else {**query, by: key},
        )
        for key in keys
    ]
    names = ("received", *(f"reached_{each}" for each in REACHED), *(f"now_{each}" for each in NOW))
    total = {name: sum(each.counts[name] for each in rows) for name in names}
    return [*rows, FunnelRow(key="", label=ALL, counts=total, query=query)]


_LABELS = {step.code: step.label for step in STEPS}


def standing_row(
    referral: Referral,
    item: WorkItem | None,
    *,
    client: str,
    staff: Mapping[str, str],
    at: datetime,
    zone: ZoneInfo,
) -> StandingRow:
    """One referral with its next action, who sees to it, and what was last."""
    due, tone = due_words(item.due_at, at=at, zone=zone) if item else ("", "")
    return StandingRow(
        id=referral.id,
        client=client,
        state=referral.state,
        days=max((at - referral.state_at).days, 0),
        urgency=referral.urgency,
        step=_LABELS.get(item.step, "") if item else "",
        due=due,
        due_tone=tone,
        last=item.last_words if item else "",
        owner=staff.get(str(referral.owner_id), "") if referral.owner_id else "",
        source=referral.source_category,
        payer=referral.payer,
        received_on=referral.received_on,
    )
