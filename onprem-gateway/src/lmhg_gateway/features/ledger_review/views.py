"""Ledger entries, counts and verdicts as pages show them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl

import msgspec

from lmhg_contracts.ledger.entries import RelayEntry
from lmhg_contracts.ledger.tree import leaf_hash
from lmhg_gateway.features.ledger_review import repository
from lmhg_gateway.features.ledger_review.finding_rules import (
    finding_words,
)
from lmhg_gateway.features.ledger_review.models import LedgerCheck, SavedView
from lmhg_gateway.features.ledger_review.repository import (
    DayCount,
)
from lmhg_gateway.features.ledger_review.rules import (
    BUILT_IN,
    DECISIONS,
    GATES,
    LedgerFilter,
    built_in_query,
    why,
)
from lmhg_gateway.features.staff.public import who_words
from lmhg_kit.http.paging import address
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.formats import day_span, month_day, short_number

PATH = "/compliance/ledger"
CHART_SERIES = (
    ("Sent", "ok", frozenset({"ship"})),
    ("Not sent", "bad", frozenset({"refuse", "quarantined", "refused_message", "stopped"})),
    ("Arrived", "quiet", frozenset({"applied"})),
    ("Other steps", "info", frozenset[str]()),
)
"""The bars of a day; whatever is in no other series is in the last."""

ENTRIES_KEPT = 2048
"""Entries whose bytes were read and are kept: an entry never changes, and names nobody."""
_decoder = msgspec.json.Decoder(RelayEntry)


OUTGOING = frozenset({"ship", "refuse", "supersede"})
"""Decisions about a record of ours."""


class EntryRow(msgspec.Struct, frozen=True):
    """One entry of the relay ledger in the list."""

    n: int
    at: datetime
    decision: str
    decision_tone: str
    gate: str
    reason: str
    why: str
    kind: str
    record_id: str
    version: int | None
    op: str
    batch: int | None
    digest: str
    bytes: int

    @property
    def is_outgoing(self) -> bool:
        """Whether it is about a record of ours; otherwise about one that arrived."""
        return self.decision in OUTGOING


@dataclass(frozen=True)
class EntryDetail:
    """One entry with everything that it says, and what that means."""

    row: EntryRow
    facts: list[tuple[str, str]]
    leaf: str
    raw: str
    gate_asks: str
    exemption_id: str
    fields: list[str]


@dataclass(frozen=True)
class Chart:
    """Counts by day for the bar chart, with the way to each day's entries."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...], str], ...]
    hrefs: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class ViewLink:
    """A built-in or own view: its name and where it leads."""

    name: str
    href: str
    is_current: bool
    id: uuid.UUID | None = None


@dataclass(frozen=True)
class CheckFinding:
    """One kind of thing that is wrong: what it means, what to do, and where it shows first."""

    means: str
    todo: str
    said: str
    more: int


@dataclass(frozen=True)
class CheckView:
    """One verification: how far it is, or its verdict in words."""

    id: uuid.UUID
    ledger: str
    is_done: bool
    percent: int
    is_sound: bool
    headline: str
    size: int
    root: str
    signers: str
    findings: list[CheckFinding]
    asked_at: datetime
    asked_by: str
    finished_at: datetime | None


def entry_rows(entries: Iterable[bytes]) -> list[EntryRow]:
    """Entries as the list shows them."""
    return [_read(raw) for raw in entries]


@lru_cache(ENTRIES_KEPT)
def _read(raw: bytes) -> EntryRow:
    return _row(_decoder.decode(raw))


def _row(entry: RelayEntry) -> EntryRow:
    return EntryRow(
        n=entry.n,
        at=datetime.fromisoformat(entry.at),
        decision=entry.decision,
        decision_tone=DECISIONS.get(entry.decision, ("", ""))[0],
        gate=entry.gate or "",
        reason=entry.reason or "",
        why=why(entry.decision, entry.reason or ""),
        kind=entry.kind or "",
        record_id=entry.record_id or "",
        version=entry.version,
        op=entry.op or "",
        batch=entry.batch,
        digest=entry.digest or "",
        bytes=entry.bytes,
    )


def entry_detail(raw: bytes) -> EntryDetail:
    """One entry in full."""
    entry = _decoder.decode(raw)
    facts = [
        ("Record", short_number(entry.record_id) if entry.record_id else ""),
        ("Type of record", words(entry.kind or "")),
        ("Version", "" if entry.version is None else str(entry.version)),
        ("Batch", "" if entry.batch is None else str(entry.batch)),
        ("Bytes", f"{entry.bytes:,}"),
        ("Written by", entry.actor),
        ("Policy version", entry.policy),
    ]
    return EntryDetail(
        row=_row(entry),
        facts=[(label, text) for label, text in facts if text],
        leaf=leaf_hash(raw).hex(),
        raw=raw.decode(),
        gate_asks=GATES.get(entry.gate or "", ""),
        exemption_id=entry.exemption_id or "",
        fields=list(entry.fields),
    )


def approval_facts(exemption: Exemption | None, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Who asked for the approval that an entry names, and who gave it."""
    if exemption is None:
        return []
    scope = "this record alone" if exemption.record_id else "every record of this type"
    return [
        ("Covers", scope),
        ("Asked for by", who_words(exemption.requested_by, names)),
        ("Approved by", who_words(exemption.approved_by, names)),
        ("Now", "Taken back" if exemption.withdrawn_at else "Active"),
    ]


def chart_of(counts: Sequence[DayCount], wanted: LedgerFilter, *, first: date, last: date) -> Chart:
    """The bars of a range of days; a day without entries is a gap."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    place = {day: at for at, day in enumerate(days)}
    bars = [[0] * len(days) for _ in CHART_SERIES]
    for day, decision, entries in counts:
        bars[_series_of(decision)][place[day]] += int(entries)
    series = [
        (name, tuple(values), tone)
        for (name, tone, _), values in zip(CHART_SERIES, bars, strict=True)
        if any(values)
    ]
    rest = address(PATH, wanted.query(), since="", until="")
    way = f"{rest}{'&' if '?' in rest else '?'}"
    return Chart(
        title=f"Entries a day, {day_span(first, last)}",
        labels=tuple([month_day(day) for day in days]),
        series=tuple(series),
        hrefs=tuple([f"{way}since={day}&until={day}" for day in days]),
        total=sum(map(sum, bars)),
    )


def _series_of(decision: str) -> int:
    for at, (_, _, decisions) in enumerate(CHART_SERIES):
        if decision in decisions:
            return at
    return len(CHART_SERIES) - 1


def built_in_links(wanted: LedgerFilter, *, today: date) -> list[ViewLink]:
    """Everybody's views of the ledger, each with its way in."""
    current = address("", wanted.query())
    found = [(view.name, address("", built_in_query(view, today=today))) for view in BUILT_IN]
    return [ViewLink(name, f"{PATH}{query}", query == current) for name, query in found]


def own_links(saved: Iterable[SavedView], *, path: str, query: dict[str, str]) -> list[ViewLink]:
    """Someone's own views of a page, each with its way in."""
    return [
        ViewLink(view.name, f"{path}?{view.query}", dict(parse_qsl(view.query)) == query, view.id)
        for view in saved
    ]


FITS_AGAIN = "We checked it because something did not fit a minute before. If no one restored or repaired the database then, find out who changed it. The access log shows when."


def check_view(check: LedgerCheck, names: Mapping[str, str]) -> CheckView:
    """One verification in plain words."""
    return CheckView(
        id=check.id,
        ledger=check.ledger,
        is_done=check.finished_at is not None,
        percent=check.permille // 10,
        is_sound=bool(check.is_sound),
        headline=_headline(check),
        size=check.size or 0,
        root=check.root or "",
        signers=", ".join(check.signers or []),
        findings=_findings(check),
        asked_at=check.asked_at,
        asked_by="LMHG itself" if check.is_automatic else who_words(check.asked_by, names),
        finished_at=check.finished_at,
    )


def _findings(check: LedgerCheck) -> list[CheckFinding]:
    """What was found, one of a kind: a changed entry contradicts every checkpoint after it."""
    by_code: dict[str, list[str]] = {}
    for each in check.findings or []:
        by_code.setdefault(each["code"], []).append(each["sentence"])
    rows: list[CheckFinding] = []
    for code, said in by_code.items():
        words = finding_words(code, check.ledger)
        rows.append(CheckFinding(words.means, words.todo, said[0], len(said) - 1))
    return rows


def _headline(check: LedgerCheck) -> str:
    if check.finished_at is None:
        return "Reading every entry and rebuilding the ledger…"
    if check.is_sound:
        entries = "1 entry" if check.size == 1 else f"{check.size or 0:,} entries"
        said = f"No problem found. {entries} checked. None is missing, none was changed, and both sides' signatures agree."
        return f"{said} {FITS_AGAIN}" if check.why == "did_not_fit" else said
    return "Problem found. Do not rely on this ledger until it is explained."


async def saved_links(
    tx: ReadSession, *, owner: str, page: str, query: dict[str, str]
) -> list[ViewLink]:
    """Someone's own views of a page, each with its way in."""
    found = await repository.saved_views(tx, owner=owner, page=page)
    return own_links(found, path=f"/compliance/{page}", query=query)
