"""A certificate as its page shows it: by kind and count, in words, with no one's name but of who decided."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lmhg_gateway.features.access_log.public import LedgerEntry
from lmhg_gateway.features.retention.certificate import halves, read_certificate, sha256_of
from lmhg_gateway.features.retention.views import why_words
from lmhg_kit.practice import Practice
from lmhg_kit.ui.formats import LocalTimes, long_day

FORMER = "A former colleague"
KINDS: Mapping[str, str] = {
    "delivery": "Messages of IntakeQ",
    "document_version": "Files of documents",
}
"""What rows of a table are, where the table's name doesn't say it."""


def kind_words(table: str) -> str:
    """What rows of a table are, in words."""
    return KINDS.get(table, table.replace("_", " ").capitalize())


def facts(
    body: bytes, titles: Mapping[str, str], *, entry: LedgerEntry | None, practice: Practice
) -> dict[str, Any]:
    """What the page says; whether the ledger's entry has the hash of these very bytes."""
    said, sha256 = read_certificate(body), sha256_of(body)
    stayed = Counter(each.why for each in said.left_out)
    return {
        "said": said,
        "done_at": _moment(said.done_at, practice),
        "asked_at": _moment(said.asked_at, practice),
        "approved_at": _moment(said.approved_at, practice),
        "backups_until": long_day(said.backups_until),
        "asked": said.asked_by.name or FORMER,
        "approved": said.approved_by.name or FORMER,
        "lines": [
            (titles.get(each.line, each.line), each.years, each.records) for each in said.schedule
        ],
        "rows": sorted((kind_words(name), count) for name, count in said.rows.items()),
        "left_out": sorted((why_words(code), count) for code, count in stayed.items()),
        "messages_why": why_words(said.messages_left_out) if said.messages_left_out else "",
        "sha256": sha256,
        "entry": entry.n if entry else None,
        "is_in_ledger": entry is not None and set(halves(sha256)) <= set(entry.columns),
    }


def _moment(at: datetime, practice: Practice) -> str:
    """With its year, always: the page is kept on paper."""
    times = LocalTimes(practice.timezone, practice.clock)
    return f"{long_day(practice.day_of(at))}, {times.clock(at)}"
