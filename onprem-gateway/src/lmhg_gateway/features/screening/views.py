"""What the pages of screening show."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from lmhg_gateway.features.holds.public import HELD_RULES
from lmhg_gateway.features.screening.models import Allowance
from lmhg_gateway.features.staff.public import who_words


class AllowanceRow(msgspec.Struct, frozen=True):
    """One allowed word, with its history."""

    id: str
    term: str
    reason: str
    state: str
    badge: str
    may_approve: bool
    may_remove: bool
    history: list[tuple[str, str, datetime]]


class RuleRow(msgspec.Struct, frozen=True):
    """One rule of screening, in words."""

    name: str
    reason: str


def rows(found: Iterable[Allowance], *, names: Mapping[str, str], me: str) -> list[AllowanceRow]:
    """Allowed words as the page shows them."""
    return [_row(each, names, me=me) for each in found]


def _row(each: Allowance, names: Mapping[str, str], *, me: str) -> AllowanceRow:
    state, badge = ("waiting for a second person", "warn")
    if each.removed_at is not None:
        state, badge = ("removed" if each.approved_at else "declined", "")
    elif each.approved_at is not None:
        state, badge = ("allowed", "ok")
    steps = (
        ("Asked by", each.asked_by, each.asked_at),
        ("Approved by", each.approved_by, each.approved_at),
        ("Removed by", each.removed_by, each.removed_at),
    )
    return AllowanceRow(
        id=str(each.id),
        term=each.term or "",
        reason=each.reason or "",
        state=state,
        badge=badge,
        may_approve=each.approved_at is None and each.removed_at is None and each.asked_by != me,
        may_remove=each.removed_at is None,
        history=[(what, who_words(by or "", names), at) for what, by, at in steps if at],
    )


def rule_rows() -> list[RuleRow]:
    """Every rule with its reason."""
    return [RuleRow(each.name, each.meaning) for each in HELD_RULES.values()]
