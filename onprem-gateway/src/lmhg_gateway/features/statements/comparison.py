"""What this plane can compare with the portal by itself, purely: its own ledger with signed receipts.

The portal's ledger is in the portal's database, to which nobody here has access. What is here are
the receipts that the portal signed, each named by its digest in our witnessed ledger, and the
checkpoints of the portal's ledger that our relay witnessed. Entry by entry the two ledgers are
compared by the offline command alone, which takes an export of the portal's.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO, NamedTuple

import msgspec

from lmhg_contracts.ledger.checkpoint import NoteRefused, NoteVerifier, open_note, signed_by
from lmhg_contracts.ledger.entries import RelayEntry
from lmhg_contracts.ledger.statement_evidence import Stretch, entries_in
from lmhg_contracts.wire import Receipt, Result, Sealed

PROBLEMS_KEPT = 40
_entries = msgspec.json.Decoder(RelayEntry)
_sealed = msgspec.msgpack.Decoder(Sealed)
_receipts = msgspec.msgpack.Decoder(Receipt)


class Answered(NamedTuple):
    """One batch of which our ledger says that a receipt came: its digest, and what was sent.

    `sent` is None where a restore has numbered batches again since.
    """

    batch: int
    digest: str
    sent: int | None


class Problem(msgspec.Struct, frozen=True):
    """One thing that does not fit: a code, and the batch that it is about."""

    code: str
    batch: int


class Comparison(msgspec.Struct):
    """What the receipts of a month add up to, and what does not fit."""

    batches: int = 0
    stored: int = 0
    older: int = 0
    removed: int = 0
    set_aside: int = 0
    reaches: int = 0
    """How many entries the portal's ledger has at least, as its receipts say."""
    witnessed: int = 0
    """How many entries of it our relay witnessed."""
    wrong: int = 0
    problems: list[Problem] = msgspec.field(default_factory=list[Problem])

    @property
    def records(self) -> int:
        """Records that the receipts answer for."""
        return self.stored + self.older + self.removed + self.set_aside

    @property
    def agrees(self) -> bool:
        """Whether nothing contradicts our ledger."""
        return not self.wrong

    def report(self, code: str, batch: int) -> None:
        """Count a problem, and keep it while there is room."""
        self.wrong += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(Problem(code, batch))


def answered_in(source: BinaryIO, stretch: Stretch) -> Iterator[Answered]:
    """The batches that were answered in a month, by our own relay ledger.

    What was sent is counted from the ledger's beginning, because a batch may have left before the
    month. A restore numbers batches again, so what was sent before it is not counted any more.
    """
    sent: Counter[int] = Counter()
    whole = replace(stretch, first=0)
    for n, raw in enumerate(entries_in(source, whole)):
        entry = _entries.decode(raw)
        if entry.decision == "restored":
            sent.clear()
        elif entry.batch is None:
            continue
        elif entry.decision == "ship":
            sent[entry.batch] += 1
        elif entry.decision == "receipted":
            shipped = sent.pop(entry.batch, None)
            if n >= stretch.first:
                yield Answered(entry.batch, entry.digest or "", shipped)


def compare(
    found: Comparison,
    answered: Iterable[Answered],
    receipts: Mapping[int, Sequence[bytes]],
    *,
    site: str,
) -> None:
    """Hold some batches against their receipts."""
    for each in answered:
        found.batches += 1
        kept = receipts.get(each.batch, ())
        raw = next((one for one in kept if hashlib.sha256(one).hexdigest() == each.digest), None)
        if raw is None:
            found.report("receipt_differs" if kept else "receipt_missing", each.batch)
            continue
        try:
            receipt = _receipts.decode(_sealed.decode(raw).payload)
            results = Counter(Result(code) for code in receipt.results)
        except (msgspec.MsgspecError, ValueError):
            found.report("receipt_unreadable", each.batch)
            continue
        _take(found, each, receipt, results, site=site)


def _take(
    found: Comparison, each: Answered, receipt: Receipt, results: Counter[Result], *, site: str
) -> None:
    if (receipt.site, receipt.direction, receipt.number) != (site, "down", each.batch):
        found.report("receipt_other", each.batch)
        return
    if each.sent is not None and each.sent != len(receipt.results):
        found.report("counts_differ", each.batch)
    found.stored += results[Result.APPLIED]
    found.older += results[Result.STALE]
    found.removed += results[Result.PURGED]
    found.set_aside += results[Result.QUARANTINED]
    found.reaches = max(found.reaches, receipt.first_n + receipt.entries)


def count_nowhere(found: Comparison, sent: int) -> None:
    """What was sent without a batch is a difference: nothing can say that it arrived."""
    if sent:
        found.report("receipt_impossible", 0)


def close(
    found: Comparison, note: str | None, verifiers: Sequence[NoteVerifier], *, site: str
) -> None:
    """Hold what the receipts say of the portal's ledger against the checkpoint witnessed here."""
    found.witnessed = _witnessed(note, verifiers, site=site)
    if found.witnessed < found.reaches:
        found.report("portal_behind", 0)


def _witnessed(note: str | None, verifiers: Sequence[NoteVerifier], *, site: str) -> int:
    """Entries of the portal's relay ledger under the signatures of both planes."""
    if note is None:
        return 0
    try:
        point, names = open_note(note, verifiers), signed_by(note, verifiers)
    except NoteRefused:
        return 0
    both = {f"lmhg-{site}-onprem", f"lmhg-{site}-cloud"}
    is_theirs = point.origin == f"lmhg/{site}/cloud/relay"
    return point.size if is_theirs and both <= names else 0
