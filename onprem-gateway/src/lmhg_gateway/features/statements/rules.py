"""Words for a month that cannot be shown to be complete: what it means, and what to do."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lmhg_contracts.ledger.statement_evidence import Month
from lmhg_gateway.features.ledger_review.public import (
    AGAIN,
    CHANGED,
    LEDGER_NAMES,
    FindingWords,
    finding_words,
)
from lmhg_kit.errors import Conflict, NotFound

STARTS_MAX = 3
"""How often the worker begins a statement before it says that it cannot finish it."""
STILL_AFTER = timedelta(seconds=30)
"""How long a statement may stand still before its page says so."""
EARLY = timedelta(hours=3)
"""How long after a month's end its evidence may still be on its way."""
MONTHS_SHOWN = 24

DOWN = "docs/runbooks/process-down.md"

FINDINGS: Mapping[str, FindingWords] = {
    "ends_early": FindingWords(
        "Nothing in the {ledger} is later than the month, so no one can show that its last"
        " entries are there.",
        "A marker is added each hour. Try again then. If this stays, tell IT that the hourly marker is missing.",
        waits=True,
    ),
    "not_witnessed": FindingWords(
        "The portal has not signed for the {ledger} up to the month's end, so there is only our"
        " own word for it.",
        "Look at Confirmations. The portal signs on its own when it is back. Then try again.",
        waits=True,
    ),
    "cut": FindingWords(
        "Entries are missing from the {ledger}: more of it was seen before.", CHANGED
    ),
    "origin": FindingWords("What was read is not the {ledger} of this practice.", AGAIN),
    "site": FindingWords("The ledgers belong to another practice.", AGAIN),
    "not_over": FindingWords(
        "The month is not over yet.",
        "Try again after its last day.",
        waits=True,
    ),
    "gave_up": FindingWords(
        "This statement was started three times and never finished.",
        f"Tell IT to look at the log of the background program. See {DOWN} for what to do. Then try again.",
    ),
}
"""What a statement adds to the findings of a verification, without the ledger in front."""

PROBLEMS: Mapping[str, str] = {
    "receipt_missing": "our ledger says the portal confirmed it, but the confirmation is missing",
    "receipt_differs": "the confirmation is not the one in our ledger",
    "receipt_unreadable": "the confirmation cannot be read",
    "receipt_other": "the confirmation is for something else",
    "counts_differ": "the confirmation is for a different number of records",
    "receipt_impossible": (
        "our ledger sent records outside of any batch, so nothing can confirm them"
    ),
    "portal_behind": "the confirmations name entries of the portal's ledger that we have not seen",
}
"""A difference between our ledger and the receipts, in words."""


def words_of(code: str) -> FindingWords:
    """A finding in plain words, with the ledger that it names."""
    ledger, _, kind = code.partition("_")
    if ledger not in LEDGER_NAMES:
        ledger, kind = "", code
    words = FINDINGS.get(kind)
    return words.about(ledger) if words else finding_words(kind, ledger)


def parse_month(said: str, zone: str, *, at: datetime) -> Month:
    """The month that a page was asked for. Raises: NotFound, Conflict when it is not over."""
    try:
        month = Month.parse(said, zone)
    except ValueError:
        raise NotFound("month") from None
    if at < month.ends:
        raise Conflict("month_not_over")
    return month


def days_of(month: str) -> tuple[date, date]:
    """Its first day and its last."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def name_of(month: str) -> str:
    """A month as people say it: October 2026."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def months_before(at: datetime, zone: str) -> list[tuple[str, str]]:
    """The last whole months, newest first: as they are written and as people say them."""
    today = at.astimezone(ZoneInfo(zone)).date()
    count = today.year * 12 + today.month - 1
    numbers = range(count - 1, count - 1 - MONTHS_SHOWN, -1)
    months = [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]
    return [(month, name_of(month)) for month in months]


def is_early(month: Month, *, at: datetime) -> bool:
    """Whether what is missing of a month may still be on its way."""
    return at < month.ends + EARLY
