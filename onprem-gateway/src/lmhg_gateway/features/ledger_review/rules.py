"""What review decides with: filters of the ledger, words for decisions and refusals, views to start from."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lmhg_gateway.features.ledger_review.filter_rules import AddressFilter, day_of, uuid_of

BATCH_DIGITS = 15
CHART_DAYS = 31
CHART_DAYS_MAX = 92

DECISIONS = {
    "ship": ("ok", "Sent: every check passed."),
    "refuse": ("bad", "Not sent: one check stopped it, and nothing left the office."),
    "supersede": ("", "Replaced by a newer version, which was sent instead."),
    "receipted": ("ok", "The portal confirmed that it arrived."),
    "broker_purged": ("info", "Deleted in transit."),
    "swept": ("info", "A copy in transit that was already confirmed was cleared away."),
    "applied": ("ok", "Arrived from the portal and was saved here."),
    "purged": ("info", "The portal confirmed that no one can read the record there now."),
    "stale": ("", "Arrived late: a newer version was already here."),
    "quarantined": ("bad", "Arrived and was set aside, because it is not what it says it is."),
    "refused_message": ("bad", "A message was turned away: its signature or its form was wrong."),
    "restored": (
        "warn",
        "One side was restored from a backup, and both sides agreed where to continue.",
    ),
    "stopped": ("bad", "Sending stopped on its own, because something did not add up."),
}
"""Decision to badge and sentence; an unknown one stays plain and speaks for itself."""

GATES = {
    "kind": "Type: may this type of record ever leave the office?",
    "record": "Record: does it have an active approval?",
    "field": "Field: does it hold only the fields on the list?",
    "content": "Content: did the check find no client names in its text?",
}
"""The four gates, in their order."""

REASONS = {
    "kind_unknown": "This type of record can never be shared.",
    "not_home": "This type of record belongs to the portal. Only the portal may send it.",
    "exemption_missing": "It has no approval. Ask for one, and a second person must approve it.",
    "exemption_kind": "Its approval is for another type of record.",
    "exemption_record": "Its approval is for another record.",
    "exemption_over": "Its approval was taken back or has ended.",
    "body_missing": "It had no text to send.",
    "held": "The check found something that may name a client. An officer decides under Held.",
    "verdict_late": "The check for client names took too long. It is sent again when the check is done.",
    "verdict_unknown": "The check for client names gave an unknown answer, so the record was held.",
    "object_unnamed": "It names no file, and a record of this type has one.",
    "gate_error": "A check failed. What cannot be checked does not leave the office.",
}
"""Why a gate stayed closed, in words; a code that is not here is a field's contract being broken."""

CONTRACT_BROKEN = "It holds fields that are not on the list for this type of record: {code}."


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """A view that everybody has: a name and its filter, with days counted back from today."""

    name: str
    query: dict[str, str]
    days: int = 0


BUILT_IN = (
    BuiltIn(name="Not sent, last 7 days", query={"decision": "refuse"}, days=7),
    BuiltIn(name="Held for review", query={"reason": "held"}),
    BuiltIn(name="Confirmed gone", query={"decision": "purged"}),
    BuiltIn(name="Calendar, last 7 days", query={"kind": "calendar_block"}, days=7),
    BuiltIn(name="Set aside on arrival", query={"decision": "quarantined"}),
)


@dataclass(frozen=True, kw_only=True)
class LedgerFilter(AddressFilter):
    """Which entries of the relay ledger to show."""

    decision: str = ""
    gate: str = ""
    reason: str = ""
    kind: str = ""
    actor: str = ""
    batch: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether the counts by day answer it: only days, decision, gate, reason and kind."""
        return not (self.record_id or self.actor or self.batch)

    def values(self) -> dict[str, Any]:
        """What each filter in use demands, as the database takes it."""
        read = {"since": day_of, "until": day_of, "record_id": uuid_of, "batch": entry_number}
        named = {name: read.get(name, str)(text) for name, text in self.query().items()}
        return {name: value for name, value in named.items() if value is not None}

    def errors(self) -> dict[str, str]:
        """What cannot be read, by field."""
        wrong = super().errors()
        if self.batch and entry_number(self.batch) is None:
            wrong["batch"] = "Type the batch as a number."
        return wrong


def entry_number(text: str) -> int | None:
    """The position or batch in an address, if it is one."""
    is_number = text.isascii() and text.isdigit() and len(text) <= BATCH_DIGITS
    return int(text) if is_number else None


def why(decision: str, reason: str) -> str:
    """One sentence on what an entry says, for someone who asks "why did this not cross?"."""
    if reason and decision == "refuse":
        return REASONS.get(reason, CONTRACT_BROKEN.format(code=reason.replace("_", " ")))
    return DECISIONS[decision][1] if decision in DECISIONS else ""


def chart_range(wanted: LedgerFilter, *, today: date) -> tuple[date, date]:
    """First and last day of the chart: the filter's own, at most 92; else the last 31."""
    last = day_of(wanted.until) or today
    first = day_of(wanted.since) or last - timedelta(days=CHART_DAYS - 1)
    return max(first, last - timedelta(days=CHART_DAYS_MAX - 1)), last


def built_in_query(view: BuiltIn, *, today: date) -> dict[str, str]:
    """A built-in view's filter with its first day."""
    since = {"since": str(today - timedelta(days=view.days - 1))} if view.days else {}
    return {**view.query, **since}
