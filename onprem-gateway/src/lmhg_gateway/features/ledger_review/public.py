"""What other features may ask of ledger review: rows to search, filters, verdicts, saved views."""

from lmhg_gateway.features.ledger_review.export import export_ledger
from lmhg_gateway.features.ledger_review.filter_rules import AddressFilter, day_of, uuid_of
from lmhg_gateway.features.ledger_review.finding_rules import (
    AGAIN,
    CHANGED,
    LEDGER_NAMES,
    FindingWords,
    finding_words,
    shows_tampering,
)
from lmhg_gateway.features.ledger_review.guard import Guard
from lmhg_gateway.features.ledger_review.keys import read_verifiers
from lmhg_gateway.features.ledger_review.models import LedgerCheck, SavedView
from lmhg_gateway.features.ledger_review.progress import Counted, Meter, telling
from lmhg_gateway.features.ledger_review.repository import (
    COUNT_MAX,
    Span,
    index,
    largest_checkpoint,
    ledger_head,
    newest_check,
    newest_entry,
    size_of,
)
from lmhg_gateway.features.ledger_review.rules import DECISIONS, entry_number, why
from lmhg_gateway.features.ledger_review.service import (
    LEDGERS,
    WhenUnsound,
    ask_check,
    forget_view,
    keep_view,
)
from lmhg_gateway.features.ledger_review.views import ViewLink, saved_links

__all__ = [
    "AGAIN",
    "CHANGED",
    "COUNT_MAX",
    "DECISIONS",
    "LEDGERS",
    "LEDGER_NAMES",
    "AddressFilter",
    "Counted",
    "FindingWords",
    "Guard",
    "LedgerCheck",
    "Meter",
    "SavedView",
    "Span",
    "ViewLink",
    "WhenUnsound",
    "ask_check",
    "day_of",
    "entry_number",
    "export_ledger",
    "finding_words",
    "forget_view",
    "index",
    "keep_view",
    "largest_checkpoint",
    "ledger_head",
    "newest_check",
    "newest_entry",
    "read_verifiers",
    "saved_links",
    "shows_tampering",
    "size_of",
    "telling",
    "uuid_of",
    "why",
]
