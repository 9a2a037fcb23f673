"""What review decides with: filters of the ledger, words for decisions and refusals, views to start from."""

from dataclasses import dataclass
from datetime import date, timedelta

from lmhg_gateway.features.ledger_review.filter_rules import AddressFilter, day_of

BATCH_DIGITS = 15
CHART_DAYS = 31
CHART_DAYS_MAX = 92

DECISIONS = {
    "ship": ("ok", "Shipped: every gate opened, and the record was put into a batch."),
    "refuse": ("bad", "Refused: one gate stayed closed, and nothing left."),
    "supersede": ("", "Not sent: a newer version of the same record left instead."),
    "receipted": ("ok", "The portal's signed receipt for this batch came back."),
    "broker_purged": ("info", "The broker confirmed that it deleted the batch."),
    "swept": ("info", "A batch that had already been answered was cleared away."),
    "applied": ("ok", "Arrived from the portal and was stored here."),
    "purged": ("info", "The portal confirmed that the record is no longer readable there."),
    "stale": ("", "Arrived late: a newer version was already here."),
    "quarantined": ("bad", "Arrived and was set aside, because it is not what it claims to be."),
    "refused_message": ("bad", "A message was refused: its signature or its form was wrong."),
    "restored": ("warn", "One side was restored from a backup, and both agreed where to go on."),
    "stopped": ("bad", "Sending stopped by itself, because something did not add up."),
}
"""Decision to badge and sentence; an unknown one stays plain and speaks for itself."""

GATES = {
    "kind": "Kind: may this sort of record ever leave?",
    "record": "Record: does it name an approval that is in force?",
    "field": "Field: is it exactly what the contract lists, and nothing else?",
    "content": "Content: did screening find no client in its text?",
}
"""The four gates, in their order."""

REASONS = {
    "kind_unknown": "This sort of record has no contract, so nothing exists that could carry it.",
    "not_home": "This sort of record belongs to the other plane, which alone may send it.",
    "exemption_missing": "It names no approval. Ask for one, and have a second person approve it.",
    "exemption_kind": "Its approval is for another sort of record.",
    "exemption_record": "Its approval is for another record.",
    "exemption_over": "Its approval was withdrawn or has expired.",
    "body_missing": "It had no text to send.",
    "held": "Screening found something that may name a client. An officer decides under Held.",
    "verdict_late": "Screening gave no verdict in time. It is sent again once screening has caught up.",
    "verdict_unknown": "Screening gave an answer that the relay does not know, which counts as a hold.",
    "gate_error": "A check failed by itself, and what cannot be checked does not leave.",
}
"""Why a gate stayed closed, in words; a code that is not here is a field's contract being broken."""

CONTRACT_BROKEN = "Its body is not what the contract for this sort of record lists: {code}."


@dataclass(frozen=True, kw_only=True)
class BuiltIn:
    """A view that everybody has: a name and its filter, with days counted back from today."""

    name: str
    query: dict[str, str]
    days: int = 0


BUILT_IN = (
    BuiltIn(name="Refused, last 7 days", query={"decision": "refuse"}, days=7),
    BuiltIn(name="Held by screening", query={"reason": "held"}),
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

    def errors(self) -> dict[str, str]:
        """What cannot be read, by field."""
        wrong = super().errors()
        if self.batch and entry_number(self.batch) is None:
            wrong["batch"] = "A batch is a number."
        return wrong


def entry_number(text: str) -> int | None:
    """The position or batch in an address, if it is one."""
    is_number = text.isascii() and text.isdigit() and len(text) <= BATCH_DIGITS
    return int(text) if is_number else None


def why(decision: str, reason: str) -> str:
    """One sentence on what an entry says, for somebody who asks "why did this not cross?"."""
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
