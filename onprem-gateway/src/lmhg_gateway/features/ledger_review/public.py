"""What other features may ask of ledger review: rows to search, verdicts, saved views."""

from lmhg_gateway.features.ledger_review.models import LedgerCheck, SavedView
from lmhg_gateway.features.ledger_review.repository import (
    COUNT_MAX,
    Span,
    index,
    ledger_head,
    newest_check,
    saved_views,
)
from lmhg_gateway.features.ledger_review.rules import day_of, uuid_of
from lmhg_gateway.features.ledger_review.service import (
    ask_check,
    forget_view,
    keep_view,
    read_verifiers,
)

__all__ = [
    "COUNT_MAX",
    "LedgerCheck",
    "SavedView",
    "Span",
    "ask_check",
    "day_of",
    "forget_view",
    "index",
    "keep_view",
    "ledger_head",
    "newest_check",
    "read_verifiers",
    "saved_views",
    "uuid_of",
]
