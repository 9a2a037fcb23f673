"""Sender against receiver: our relay ledger's month, record by record, and the portal's own ledger.

Every entry counts by itself, also where several name one record and version: each sending that was
answered needs an arrival of the same content, each arrival a sending. What the receiver set aside is
no agreement; when both say so it is named, when one does it is a difference.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from lmhg_contracts.ledger.entries import RelayEntry
from lmhg_contracts.ledger.export import read_entries, read_header
from lmhg_contracts.ledger.statement_evidence import Stretch

ARRIVED = {"put": ("applied", "stale"), "recall": ("purged", "stale")}
"""What a receiver that took an entry says of it."""
SET_ASIDE = "quarantined"
RETURNED = "returned"
"""How a sender writes down that the receiver set an entry aside."""
_SAID = frozenset({"applied", "stale", "purged", SET_ASIDE})
_relay = msgspec.json.Decoder(RelayEntry)

Named = tuple[str, str, int]
"""Kind, record, version."""
Content = tuple[str, str | None]
"""Operation, digest of the body."""


def named(entry: RelayEntry) -> Named:
    """What an entry is about."""
    return entry.kind or "", entry.record_id or "", entry.version or 0


@dataclass
class _Record:
    """One version of one record, as both ledgers speak of it."""

    sent: Counter[Content] = field(default_factory=Counter[Content])
    """In the whole of our ledger."""
    answered: Counter[Content] = field(default_factory=Counter[Content])
    """Of these, what a receipt answers for."""
    in_month: int = 0
    """Of these, what was answered in the month."""
    returned: int = 0
    came: Counter[Content] = field(default_factory=Counter[Content])
    older: int = 0
    """Arrivals that a newer version had overtaken, which name no content."""
    set_aside: int = 0
    strange: int = 0
    """Arrivals that fit no operation of ours."""
    is_new: bool = False
    """Whether any arrived in the portal's month."""
    arrivals: int = 0
    """As many as arrived by the end of the portal's month."""


@dataclass
class Comparison:
    """What sender and receiver agree about, and what they do not."""

    is_restored: bool = False
    """Whether our ledger tells of a restore, after which batches have other numbers."""
    agreed: int = 0
    set_aside: list[str] = field(default_factory=list[str])
    """What both ledgers call set aside."""
    differences: list[str] = field(default_factory=list[str])


def compare(relay: BinaryIO, ours: Stretch, portal: BinaryIO, theirs: Stretch) -> Comparison:
    """What was answered in the month, and what arrived in it, by both ledgers."""
    records: dict[Named, _Record] = {}
    for owed in _answered(relay, ours):
        records.setdefault(named(owed), _Record()).in_month += 1
    for n, entry in _entries(portal):
        if entry.decision in _SAID and theirs.first <= n < theirs.stop:
            records.setdefault(named(entry), _Record()).is_new = True
    made = Comparison(is_restored=_take_sent(relay, records))
    for n, entry in _entries(portal):
        found = records.get(named(entry))
        if found is not None and entry.decision in _SAID:
            _take_arrival(found, entry, counts=n < theirs.stop)
    for key, record in sorted(records.items()):
        _judge(made, f"{key[0]} {key[1]} version {key[2]}", record, is_restored=made.is_restored)
    return made


def _entries(source: BinaryIO) -> Iterator[tuple[int, RelayEntry]]:
    source.seek(0)
    read_header(source)
    for n, (_, raw) in enumerate(read_entries(source)):
        yield n, _relay.decode(raw)


def _answered(relay: BinaryIO, ours: Stretch) -> Iterator[RelayEntry]:
    """What was sent whenever, and answered in the month. A restore numbers batches again."""
    waiting: dict[int, list[RelayEntry]] = {}
    for n, entry in _entries(relay):
        if n >= ours.stop:
            return
        if entry.decision == "restored":
            waiting.clear()
        elif entry.batch is None:
            continue
        elif entry.decision == "ship":
            waiting.setdefault(entry.batch, []).append(entry)
        elif entry.decision == "receipted":
            found = waiting.pop(entry.batch, ())
            if n >= ours.first:
                yield from found


def _take_sent(relay: BinaryIO, records: dict[Named, _Record]) -> bool:
    """What our whole ledger says of these records; whether it tells of a restore."""
    is_restored = False
    waiting: dict[int, list[tuple[_Record, Content]]] = {}
    for _, entry in _entries(relay):
        if entry.decision == "restored":
            is_restored = True
            waiting.clear()
        elif entry.decision == "receipted" and entry.batch is not None:
            for answered, content in waiting.pop(entry.batch, ()):
                answered.answered[content] += 1
        record = records.get(named(entry))
        if record is None:
            continue
        if entry.decision == RETURNED:
            record.returned += 1
        elif entry.decision == "ship":
            record.sent[_content(entry)] += 1
            if entry.batch is not None:
                waiting.setdefault(entry.batch, []).append((record, _content(entry)))
    return is_restored


def _content(entry: RelayEntry) -> Content:
    op = entry.op or ""
    return op, None if op == "recall" else entry.digest


def _take_arrival(record: _Record, entry: RelayEntry, *, counts: bool) -> None:
    record.arrivals += counts
    if entry.decision == SET_ASIDE:
        record.set_aside += 1
    elif entry.decision not in ARRIVED.get(entry.op or "", ()):
        record.strange += 1
    elif entry.decision == "stale":
        record.older += 1
    else:
        record.came[_content(entry)] += 1


def _judge(made: Comparison, name: str, record: _Record, *, is_restored: bool) -> None:
    """One version of one record: what was owed, and what came."""
    if not record.sent:
        made.differences.append(f"{name}: in the portal's ledger, and never sent by ours")
        return
    found = list(_found(record, is_restored=is_restored))
    made.differences += [f"{name}: {each}" for each in found]
    both = min(record.set_aside, record.returned)
    if both:
        made.set_aside.append(f"{name}: set aside by the portal, as our ledger says too")
    if not found:
        made.agreed += max(0, record.in_month - both)


def _found(record: _Record, *, is_restored: bool) -> Iterator[str]:
    others = record.came.keys() - record.sent.keys()
    if others or record.strange:
        yield "the two ledgers name other contents"
    sent, open_yet = record.sent.total(), record.sent.total() - record.answered.total()
    if record.set_aside > record.returned + open_yet:
        yield "set aside by the portal, and our ledger does not say so"
    if record.returned > record.set_aside:
        yield "our ledger says that the portal set it aside, and the portal's does not"
    instead = record.older + record.strange + record.set_aside
    instead += sum(record.came[each] for each in others)
    if (record.answered - record.came).total() > instead:
        yield "answered, and not in the portal's ledger"
    if record.is_new and record.arrivals > sent and not is_restored:
        yield f"{record.arrivals} times in the portal's ledger, and sent {sent} times by ours"
