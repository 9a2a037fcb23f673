"""What compliance decides with: two people, filters, and words for each gate."""

from dataclasses import dataclass

from lmhg_kit.errors import Forbidden

DECISION_KINDS = {
    "ship": "ok",
    "refuse": "bad",
    "supersede": "",
    "receipted": "ok",
    "broker_purged": "info",
    "swept": "info",
    "applied": "ok",
    "purged": "info",
    "stale": "",
    "quarantined": "bad",
    "refused_message": "bad",
    "restored": "warn",
    "stopped": "bad",
}
"""Decision to badge; an unknown one stays plain."""

DIFFERENCES = {
    "peer_silent": "The portal did not answer, so nothing could be compared.",
    "missing_held": "Shipped and receipted, and the portal does not hold it.",
    "missing_arrived": "The portal's receipts do not know it.",
    "missing_shipped": "The portal holds it, and our ledger never shipped it.",
    "missing_arrived_held": "Shipped, and the portal neither receipted nor holds it.",
    "missing_arrived_shipped": "The portal holds it, and neither ledger knows it.",
    "missing_held_shipped": "Receipted only: neither shipped nor held.",
    "version_differs": "The three name different versions.",
    "digest_differs": "The three name different contents.",
    "body_changed": "The text held is not the one that was signed for.",
}
"""What a three-way match found, in words; an unknown finding is shown by its code."""

HELD_PLACES = {"announcement": "/announcements/"}
"""Kinds whose held record has a page of its own."""


@dataclass(frozen=True)
class LedgerFilter:
    """Which entries of the relay ledger to show; empty text filters nothing."""

    decision: str = ""
    gate: str = ""
    kind: str = ""
    record_id: str = ""
    before: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether every entry is wanted."""
        return not (self.decision or self.gate or self.kind or self.record_id)

    def query(self) -> dict[str, str]:
        """The filter as the address carries it."""
        named = {
            "decision": self.decision,
            "gate": self.gate,
            "kind": self.kind,
            "record_id": self.record_id,
        }
        return {name: value for name, value in named.items() if value}


def check_second_person(*, requested_by: str, approved_by: str) -> None:
    """Accept an approval by somebody else than who asked. Raises: Forbidden."""
    if requested_by == approved_by:
        raise Forbidden("same_person")


def entry_number(text: str) -> int | None:
    """The ledger position in an address, if it is one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
