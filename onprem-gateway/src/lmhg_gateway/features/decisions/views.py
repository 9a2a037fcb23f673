"""How decisions are shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from lmhg_gateway.features.decisions.models import Decision, OfficerNotice
from lmhg_gateway.features.decisions.notices import lines_of
from lmhg_gateway.features.decisions.rules import OUTCOME_WORDS, Kind, Outcome
from lmhg_kit.ui.coded import words


class DecisionRow(msgspec.Struct, frozen=True):
    """One request."""

    id: str
    title: str
    is_rule: bool
    required_from: datetime | None
    reason: str
    asked_by: str
    asked_at: datetime
    state: str
    badge: str
    decided_by: str
    decided_at: datetime | None
    may_decide: bool
    may_cancel: bool
    why_not: str


class NoticeRow(msgspec.Struct, frozen=True):
    """One notice."""

    at: datetime
    line: str


def decision_row(
    each: Decision, *, names: Mapping[str, str], me: str, linked: frozenset[str]
) -> DecisionRow:
    """One request as someone sees it; `linked` are those whom they cannot second yet."""
    asker = str(each.requested_by)
    is_open = each.outcome == Outcome.OPEN.value
    why_not = _why_not(each, me=me, linked=linked) if is_open else ""
    state, badge = OUTCOME_WORDS[Outcome(each.outcome)]
    return DecisionRow(
        id=str(each.id),
        title=_title(each, names),
        is_rule=each.kind == Kind.FACTOR_RULE.value,
        required_from=each.required_from,
        reason=each.reason or "",
        asked_by=names.get(asker, "A colleague"),
        asked_at=each.requested_at,
        state=state,
        badge=badge,
        decided_by=names.get(str(each.decided_by), "A colleague") if each.decided_by else "",
        decided_at=each.decided_at,
        may_decide=is_open and not why_not,
        may_cancel=is_open and asker == me,
        why_not=why_not,
    )


def _title(each: Decision, names: Mapping[str, str]) -> str:
    roles = " and ".join(words(role) for role in each.roles)
    if each.kind == Kind.ROLES.value:
        return f"Give {names.get(str(each.user_id), 'a colleague')} the role {roles}"
    verb = "Postpone" if each.required_from else "Lift"
    return f"{verb} two-step sign-in for the role {roles}"


def _why_not(each: Decision, *, me: str, linked: frozenset[str]) -> str:
    if str(each.requested_by) == me:
        return "You asked for this, so someone else has to decide."
    if str(each.user_id) == me:
        return "This is about you, so someone else has to decide."
    if str(each.requested_by) in linked:
        return "One of you got a role through the other less than a month ago, so someone else has to decide."
    return ""


def notice_rows(found: Sequence[OfficerNotice], names: Mapping[str, str]) -> list[NoticeRow]:
    """Notices as sentences."""
    return [NoticeRow(at, line) for at, line in lines_of(found, names)]
