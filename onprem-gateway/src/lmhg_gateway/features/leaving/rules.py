"""When an export of everything may be written, and what it is made of. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

VALID_FOR = timedelta(days=7)
"""How long an approval counts: an operator writes the export in that time, or it is asked for again."""


class State(StrEnum):
    """How far an export is."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    DROPPED = "dropped"
    DONE = "done"


STATES: Mapping[State, tuple[str, str]] = {
    State.ASKED: ("Waiting for approval", "warn"),
    State.APPROVED: ("Approved: to be written", "warn"),
    State.DECLINED: ("Declined", ""),
    State.DROPPED: ("Canceled", ""),
    State.DONE: ("Written", "ok"),
}


def is_valid(decided_at: datetime | None, *, at: datetime) -> bool:
    """Whether an approval still counts."""
    return decided_at is not None and at - decided_at <= VALID_FOR


_SIGN_IN = "It opens the running system, and says nothing about the practice."
_SEARCH = "Made from other rows, to search by."
_SHARING = "What sharing works with. Its ledger says what crossed."
_QUEUE = "What the system works through; it is empty when nothing waits."
LEFT_OUT: Mapping[str, str] = {
    "identity.access_token": _SIGN_IN,
    "identity.authorization_code": _SIGN_IN,
    "identity.challenge": _SIGN_IN,
    "identity.client_push": _SIGN_IN,
    "identity.client_secret": _SIGN_IN,
    "identity.external_request": _SIGN_IN,
    "identity.handoff": _SIGN_IN,
    "identity.known_browser": _SIGN_IN,
    "identity.letter": _SIGN_IN,
    "identity.passkey": _SIGN_IN,
    "identity.recovery_code": _SIGN_IN,
    "identity.refresh_token": _SIGN_IN,
    "identity.revoked_token": _SIGN_IN,
    "identity.session": _SIGN_IN,
    "identity.session_client": _SIGN_IN,
    "identity.sign_in_failures": _SIGN_IN,
    "identity.signing_key": _SIGN_IN,
    "identity.totp": _SIGN_IN,
    "practice.client_indexed": _SEARCH,
    "practice.upload": "Files on their way in. What was taken is a document, a paper, or a file of the library.",
    "practice.downtime_key": _SIGN_IN,
    "practice.downtime_packet": "Made from other rows each hour.",
    "practice.client_token": _SEARCH,
    "practice.related_token": _SEARCH,
    "ingress.profile_fetch": _SEARCH,
    "ingress.seen_event": _SEARCH,
    "audit.ledger": "In the folder ledgers, as lmhg-verify reads it.",
    "audit.ledger_node": "Made from the ledger's entries.",
    "audit.ledger_head": "Made from the ledger's entries.",
    "audit.event": _QUEUE,
    "audit.set_aside": "Entries that an outsider made; the ledger names each.",
    "relay.ledger": "In the folder ledgers, as lmhg-verify reads it.",
    "relay.ledger_node": "Made from the ledger's entries.",
    "relay.ledger_head": "Made from the ledger's entries.",
    "relay.outbox": _SHARING,
    "relay.verdict": _SHARING,
    "relay.cosignature": _SHARING,
    "relay.foreign_checkpoint": _SHARING,
    "relay.half": _SHARING,
    "relay.sender": _SHARING,
    "relay.receiver": _SHARING,
    "relay.batch": _SHARING,
    "relay.receipt": _SHARING,
    "relay.quarantine": _SHARING,
    "relay.alarm": _SHARING,
    "relay.recall_status": _SHARING,
    "relay.peer": _SHARING,
    "relay.delay": _SHARING,
    "relay.shown_checkpoint": _SHARING,
    "relay.fold": _SHARING,
    "relay.fold_position": _SHARING,
    "relay.match_request": _SHARING,
    "relay.match_result": _SHARING,
}
"""Tables that the export leaves out, and why; the readme says so."""
OF_OTHERS = ("replica.record",)
"""Tables of other packages that the practice owns: what came from the portal."""
KEY = "_key_sealed"
"""How a sealed column with an object's key is called: the export has what the key opens instead."""
