"""Which evidence shows that a month of a ledger is complete, and what is missing when it is not.

A month is a stretch of entry numbers. It turns at the place where the fewest entries stand on the
wrong side of the date, so one clock that was wrong moves no other entry into another month, and each
entry belongs to exactly one. An entry whose date does not fit its place is named, never left out.
Complete means: the ledger is sound; it goes on after the month's end, or a later entry of the access
ledger names its size and root; and the other plane cosigned a checkpoint that covers the month.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import BinaryIO
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from lmhg_contracts.ledger.checkpoint import (
    NoteRefused,
    NoteVerifier,
    key_name,
    open_own,
    parts_of,
    signed_by,
)
from lmhg_contracts.ledger.export import read_entries, read_header
from lmhg_contracts.ledger.finding import Finding
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_contracts.ledger.verify import verify_export

HEAD_ACT = "ledger_head"
"""The act of an access entry that names the relay ledger's size and root."""
HEAD_KIND = "relay_ledger"
SETTLED_BY = 1_000
"""Entries after a month's end, less those that are dated before it, that settle where it turned."""


_MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)


@cache
def zone_names() -> frozenset[str]:
    """Names of the IANA's time zones. What a machine calls `localtime` is another zone on the next."""
    return frozenset(name for name in available_timezones() if name[:1].isupper())


class EvidenceMissing(ValueError):
    """A month that cannot be shown to be complete; `findings` say why, each with a code."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(found.code for found in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Month:
    """One month by the practice's clock."""

    year: int
    month: int
    zone: str

    @classmethod
    def parse(cls, text: str, zone: str) -> "Month":
        """The month in a text such as 2026-10. Raises: ValueError."""
        if _MONTH.fullmatch(text) is None or zone not in zone_names():
            message = "month_or_zone"
            raise ValueError(message)
        found = date.fromisoformat(f"{text}-01")
        month = cls(found.year, found.month, zone)
        try:
            _ = month.begins, month.ends
        except OverflowError:
            message = "month_out_of_range"
            raise ValueError(message) from None
        return month

    @property
    def text(self) -> str:
        """As it is written: 2026-10."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def begins(self) -> datetime:
        """Its first moment, in UTC."""
        return datetime(self.year, self.month, 1, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it, in UTC."""
        year, month = divmod(self.year * 12 + self.month, 12)
        return datetime(year, month + 1, 1, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


class _Dated(msgspec.Struct):
    at: str


@dataclass(frozen=True)
class Stretch:
    """One ledger's part of a month: entry numbers, and the root at the month's end."""

    origin: str
    first: int
    stop: int
    root: bytes
    size: int
    """Of the whole evidence."""
    goes_on: bool
    """Whether there is an entry after the month's end."""
    dated: int
    """Entries of the whole ledger that are dated in the month, wherever they stand."""
    is_settled: bool = False
    """Whether so many entries are later that the end is settled, whatever comes after."""

    @property
    def site(self) -> str:
        """The site that the origin names."""
        return parts_of(self.origin)[0]


_dated = msgspec.json.Decoder(_Dated)


def moment(text: str) -> datetime:
    """A moment as entries write it."""
    return datetime.fromisoformat(text)


@dataclass
class _Turn:
    """Finds the place in a ledger with the fewest entries on the wrong side of a moment.

    Of equal places the first: so a later moment never turns at an earlier place. Once so many more
    entries are later than the moment than earlier, the place is settled, whatever comes after.
    """

    moment: datetime
    place: int = 0
    frontier: Frontier = field(default_factory=Frontier)
    _wrong: int = 0
    _fewest: int = 0

    @property
    def is_settled(self) -> bool:
        """Whether nothing that comes moves the place any more."""
        return self._wrong - self._fewest >= SETTLED_BY

    def take(self, at: datetime, frontier: Frontier) -> None:
        """The next entry's date, and the tree with it."""
        if self.is_settled:
            return
        self._wrong += 1 if at >= self.moment else -1
        if self._wrong < self._fewest:
            self._fewest, self.place = self._wrong, frontier.size
            self.frontier = frontier.copy()


def find_stretch(source: BinaryIO, origin: str, month: Month) -> Stretch:
    """Where a month lies in a ledger that is known to be sound."""
    source.seek(0)
    read_header(source)
    frontier, dated = Frontier(), 0
    first, stop = _Turn(month.begins), _Turn(month.ends)
    for _, entry in read_entries(source):
        at = moment(_dated.decode(entry).at)
        frontier.append_many([leaf_hash(entry)])
        first.take(at, frontier)
        stop.take(at, frontier)
        dated += month.begins <= at < month.ends
    return Stretch(
        origin=origin,
        first=min(first.place, stop.place),
        stop=stop.place,
        root=stop.frontier.root(),
        size=frontier.size,
        goes_on=stop.place < frontier.size,
        dated=dated,
        is_settled=stop.is_settled,
    )


def entries_in(source: BinaryIO, stretch: Stretch) -> Iterator[bytes]:
    """The entries of a stretch, in order."""
    source.seek(0)
    read_header(source)
    for number, (_, entry) in enumerate(read_entries(source)):
        if number >= stretch.stop:
            return
        if number >= stretch.first:
            yield entry


def open_ledger(
    source: BinaryIO, *, name: str, verifiers: Sequence[NoteVerifier], seen: Sequence[str]
) -> tuple[str, list[Finding]]:
    """The origin of an export, and what is wrong with it."""
    source.seek(0)
    try:
        origin = open_own(read_header(source), verifiers).origin
    except ValueError:
        origin = ""
    source.seek(0)
    verdict = verify_export(source, verifiers, seen=seen_of(origin, seen, verifiers))
    findings = [
        Finding(f"{name}_{found.code}", f"the {name} ledger: {found.sentence}")
        for found in verdict.findings
    ]
    return origin, findings


def seen_of(origin: str, seen: Sequence[str], verifiers: Sequence[NoteVerifier]) -> list[str]:
    """Of the kept checkpoints those of this ledger; an unreadable one stays, to be refused."""
    kept: list[str] = []
    for note in seen:
        try:
            is_other = open_own(note, verifiers).origin != origin
        except NoteRefused:
            is_other = False
        if not is_other:
            kept.append(note)
    return kept


def check_witness(
    stretch: Stretch,
    *,
    name: str,
    seen: Sequence[str],
    verifiers: Sequence[NoteVerifier],
    upto: int | None = None,
) -> list[Finding]:
    """Whether the other plane cosigned a checkpoint that covers the month.

    The entry that shows that a ledger goes on has to be cosigned as well: one that the plane signed
    alone could have been put right behind a cut. `upto` is another entry that has to be.
    """
    own, other = key_names(stretch)
    needed = stretch.stop + stretch.goes_on if upto is None else upto + 1
    for note in seen_of(stretch.origin, seen, verifiers):
        try:
            point, names = open_own(note, verifiers), signed_by(note, verifiers)
        except NoteRefused:
            continue
        if {own, other} <= names and point.size >= needed:
            return []
    sentence = (
        f"the {name} ledger: no checkpoint of {needed} or more entries carries the"
        f" signatures of {own} and {other}"
    )
    return [Finding(f"{name}_not_witnessed", sentence)]


def key_names(stretch: Stretch) -> tuple[str, str]:
    """Names of the key that signs a ledger, and of the other plane's."""
    site, plane, _ = parts_of(stretch.origin)
    other = "cloud" if plane == "onprem" else "onprem"
    return key_name(site, plane), key_name(site, other)


class Head(msgspec.Struct, frozen=True):
    """What an access entry says of the relay ledger."""

    at: str
    n: int
    size: int
    root: str


def find_head(source: BinaryIO, stretch: Stretch, month: Month) -> Head | None:
    """The first access entry after the month that names the relay ledger's head.

    It is behind the month's stretch and is dated so: a marker of the month itself says nothing of
    what came after it. One that names nothing that can be read is passed over; the next names more.
    """
    source.seek(0)
    read_header(source)
    for number, (_, entry) in enumerate(read_entries(source)):
        if number < stretch.stop:
            continue
        found = _marks.decode(entry)
        is_marker = found.act == HEAD_ACT and found.subject_kind == HEAD_KIND
        head = _head_of(found) if is_marker and moment(found.at) >= month.ends else None
        if head is not None:
            return head
    return None


class _Mark(msgspec.Struct):
    act: str
    at: str
    columns: tuple[str, ...]
    n: int
    subject_kind: str


_marks = msgspec.json.Decoder(_Mark)
_SIZE_DIGITS_MAX = 18


def _head_of(mark: _Mark) -> Head | None:
    """What a marker names; None when it names nothing that can be read."""
    said: dict[str, str] = {}
    for each in mark.columns:
        name, _, value = each.partition(":")
        said[name] = value
    size, root = said.get("size", ""), said.get("root", "")
    is_number = size.isascii() and size.isdigit() and len(size) <= _SIZE_DIGITS_MAX
    if len(mark.columns) != 2 or not root or not is_number or size != str(int(size)):
        return None
    return Head(mark.at, mark.n, int(size), root)


def root_at(source: BinaryIO, size: int) -> bytes | None:
    """The root of the first `size` entries, if there are so many."""
    source.seek(0)
    read_header(source)
    frontier = Frontier()
    if size == 0:
        return frontier.root()
    for _, entry in read_entries(source):
        frontier.append_many([leaf_hash(entry)])
        if frontier.size == size:
            return frontier.root()
    return None
