"""Words for a month that cannot be shown to be complete: what it means, and what to do."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lmhg_contracts.ledger.statement_evidence import Month
from lmhg_kit.errors import NotFound

STARTS_MAX = 3
"""How often the worker begins a statement before it says that it cannot finish it."""
STILL_AFTER = timedelta(seconds=30)
"""How long a statement may stand still before its page says so."""
EARLY = timedelta(hours=3)
"""How long after a month's end its evidence may still be on its way."""
MONTHS_SHOWN = 24

VERIFY, DOWN = "docs/runbooks/verify-a-ledger.md", "docs/runbooks/process-down.md"
LEDGERS = {"relay": "relay ledger", "access": "access ledger"}


class FindingWords(NamedTuple):
    """One reason in plain words; `waits` may mend itself when more is written and witnessed."""

    means: str
    todo: str
    waits: bool = False


_CHANGED = (
    "Treat this as an incident: keep an export of the ledger as it is now, open an incident, and"
    f" have IT follow {VERIFY}. Nobody should mend the ledger first."
)
_FILE = f"Ask for it again. If it says so again, open an incident and have IT follow {VERIFY}."
FINDINGS: Mapping[str, FindingWords] = {
    "ends_early": FindingWords(
        "Nothing in the {ledger} is later than the month, so nobody can show that its last"
        " entries are there.",
        "The worker adds a marker each hour. Ask again then; if it still says so, tell IT that the"
        " worker writes no marker.",
        waits=True,
    ),
    "not_witnessed": FindingWords(
        "The portal has not signed for the {ledger} up to the month's end, so there is only our"
        " own word for it.",
        "Look at Witness. As soon as the portal is heard again it signs by itself; then ask again.",
        waits=True,
    ),
    "cut": FindingWords(
        "Entries are missing from the {ledger}: more of it was seen before.", _CHANGED
    ),
    "truncated": FindingWords("Entries are missing from the {ledger}.", _CHANGED),
    "extended": FindingWords("The {ledger} has entries that nothing signed for.", _CHANGED),
    "edited": FindingWords("An entry of the {ledger} was changed after it was signed.", _CHANGED),
    "forked": FindingWords(
        "The {ledger} is not the one that was signed for: its history was rewritten.", _CHANGED
    ),
    "reordered": FindingWords("Entries of the {ledger} were moved or taken out.", _CHANGED),
    "misnumbered": FindingWords("An entry of the {ledger} bears a wrong number.", _CHANGED),
    "malformed": FindingWords("An entry of the {ledger} cannot be read.", _CHANGED),
    "checkpoint": FindingWords(
        "The signature at the head of the {ledger} is not one of the published keys'.",
        "Have IT compare the published keys with what was handed over on paper. If they are right,"
        f" it is an incident: {VERIFY}.",
    ),
    "seen": FindingWords(
        "A checkpoint of the {ledger} that was kept does not carry a good signature.", _CHANGED
    ),
    "other_log": FindingWords("A checkpoint that was kept is of another ledger.", _FILE),
    "origin": FindingWords("What was read is not the {ledger} of this practice.", _FILE),
    "site": FindingWords("The ledgers name another practice than this one.", _FILE),
    "checkpoint_missing": FindingWords(
        "A ledger has no signed checkpoint yet.",
        "The first one is written with its first entry. Ask again in an hour.",
        waits=True,
    ),
    "ledger_keys_missing": FindingWords(
        "The published keys of the ledgers are not where the settings say, so nothing can be"
        " verified.",
        "Tell IT: LMHG_PEER_LEDGER_KEYS_FILE of the worker. Nothing was changed.",
    ),
    "gave_up": FindingWords(
        "The worker began this statement three times and never finished it.",
        f"Tell IT: the worker's log says why, and {DOWN} what to do. Then ask again.",
    ),
}
"""A finding's code, without the ledger in front, to its words."""
UNKNOWN = FindingWords("The evidence is not what it should be.", _FILE)

PROBLEMS: Mapping[str, str] = {
    "receipt_missing": "our ledger says that the portal answered, and the receipt is not here",
    "receipt_differs": "the receipt that is here is not the one that our ledger names",
    "receipt_unreadable": "the receipt cannot be read",
    "receipt_other": "the receipt answers for something else",
    "counts_differ": "the receipt answers for another number of records than were sent",
    "portal_behind": "the receipts name entries of the portal's ledger that it has not shown us",
}
"""A difference between our ledger and the receipts, in words."""


def words_of(code: str) -> FindingWords:
    """A finding in plain words, with the ledger that it names."""
    if code in FINDINGS:
        return FINDINGS[code]
    ledger, _, kind = code.partition("_")
    words = FINDINGS.get(kind)
    if ledger not in LEDGERS or words is None:
        return UNKNOWN
    return words._replace(means=words.means.format(ledger=LEDGERS[ledger]))


def parse_month(said: str, zone: str) -> Month:
    """The month that a page was asked for. Raises: NotFound."""
    try:
        return Month.parse(said, zone)
    except ValueError:
        raise NotFound("month") from None


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
