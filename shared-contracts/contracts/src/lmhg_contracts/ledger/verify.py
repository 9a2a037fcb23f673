"""Verification for outsiders: what is wrong with a ledger, and where.

Each kind of tampering has a finding of its own, because an auditor has to know which it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from lmhg_contracts.ledger.checkpoint import (
    Checkpoint,
    NoteRefused,
    NoteVerifier,
    open_own,
    parts_of,
    signed_by,
)
from lmhg_contracts.ledger.dates import Backwards
from lmhg_contracts.ledger.entry_rules import EntryMalformed, moment_of, read_entry
from lmhg_contracts.ledger.export import ExportRefused, Proof, read_entries, read_header
from lmhg_contracts.ledger.finding import Finding
from lmhg_contracts.ledger.tree import Frontier, leaf_hash, verify_inclusion


@dataclass(frozen=True)
class Verdict:
    """What verification found. Sound when `findings` is empty; `remarks` are for the reader."""

    checkpoint: Checkpoint | None
    entries: int
    signers: frozenset[str]
    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass(frozen=True)
class Question:
    """What someone asks of a ledger file, beside the file itself."""

    verifiers: Sequence[NoteVerifier]
    """The planes' published keys."""
    seen: Sequence[str] = ()
    """Checkpoints of the same log that someone kept, as notes."""
    log: str | None = None
    """The origin line that the file must be of: `lmhg/<site>/<plane>/<ledger>`."""
    signers: Sequence[str] = ()
    """Names of keys that must have signed the checkpoint, beside the log's own."""


def verify_export(
    source: BinaryIO,
    verifiers: Sequence[NoteVerifier],
    *,
    seen: Iterable[str] = (),
    log: str | None = None,
    signers: Sequence[str] = (),
) -> Verdict:
    """Judge an export; the arguments are those of `Question`."""
    question = Question(verifiers, tuple(seen), log, signers)
    try:
        note = read_header(source)
        checkpoint = open_own(note, verifiers)
    except (ExportRefused, NoteRefused) as refused:
        return _refused("checkpoint", f"the checkpoint is not acceptable: {refused.sentence}")
    kept, complaints = _kept(question, checkpoint)
    audit = _Audit(checkpoint, kept)
    audit.found += [*_demanded(question, checkpoint, note), *complaints]
    try:
        for stated, entry in read_entries(source):
            audit.take(stated, entry)
    except ExportRefused as refused:
        audit.report("malformed", f"line {audit.count + 1} of the entries: {refused.sentence}")
    findings = audit.finish()
    signed = signed_by(note, verifiers)
    return Verdict(checkpoint, audit.count, signed, findings, audit.backwards.remarks())


def verify_proof(
    text: str,
    verifiers: Sequence[NoteVerifier],
    *,
    seen: Iterable[str] = (),
    log: str | None = None,
    signers: Sequence[str] = (),
) -> Verdict:
    """Judge one entry's self-contained proof file; the arguments are those of `Question`.

    A kept checkpoint of another size says nothing about a proof: it may be newer or older.
    """
    question = Question(verifiers, tuple(seen), log, signers)
    try:
        proof = Proof.from_text(text)
        checkpoint = open_own(proof.note, verifiers)
    except (ExportRefused, NoteRefused) as refused:
        return _refused("proof", f"the proof file is not acceptable: {refused.sentence}")
    kept, complaints = _kept(question, checkpoint, is_whole=False)
    found = [*_demanded(question, checkpoint, proof.note), *complaints]
    size, root = checkpoint.size, checkpoint.root
    if any(each.size == size and each.root != root for each in kept):
        found.append(_forked(size))
    if not verify_inclusion(leaf_hash(proof.entry), proof.index, size, proof.path, root):
        sentence = f"entry {proof.index} is not in the log that the checkpoint of size {size} signs"
        found.append(Finding("not_included", sentence))
    found += _misread(proof, checkpoint)
    return Verdict(checkpoint, 1, signed_by(proof.note, verifiers), tuple(found))


def _refused(code: str, sentence: str) -> Verdict:
    return Verdict(None, 0, frozenset(), (Finding(code, sentence),))


def _forked(size: int) -> Finding:
    sentence = f"at size {size} this ledger differs from a checkpoint that was kept"
    return Finding("forked", sentence)


def _misread(proof: Proof, checkpoint: Checkpoint) -> list[Finding]:
    """Whether a proof's entry is of this ledger, and bears its own number."""
    try:
        entry = read_entry(proof.entry, parts_of(checkpoint.origin)[2])
    except EntryMalformed:
        return [Finding("not_an_entry", f"entry {proof.index} is not written as entries are")]
    if entry.n == proof.index:
        return []
    return [Finding("misnumbered", f"entry {proof.index} says n={entry.n}")]


def _demanded(question: Question, checkpoint: Checkpoint, note: str) -> list[Finding]:
    """What the reader demanded of the checkpoint, and is not so."""
    found: list[Finding] = []
    if question.log is not None and checkpoint.origin != question.log:
        sentence = f"this is the log {checkpoint.origin}, and {question.log} was demanded"
        found.append(Finding("wrong_log", sentence))
    missing = sorted(set(question.signers) - signed_by(note, question.verifiers))
    return found + [Finding("signature", f"{name} did not sign the checkpoint") for name in missing]


def _kept(
    question: Question, checkpoint: Checkpoint, *, is_whole: bool = True
) -> tuple[list[Checkpoint], list[Finding]]:
    """The kept checkpoints of this log, and what is wrong with any of them."""
    kept: list[Checkpoint] = []
    found: list[Finding] = []
    for number, text in enumerate(question.seen, start=1):
        try:
            point = open_own(text, question.verifiers)
        except NoteRefused as refused:
            sentence = f"kept checkpoint {number} is not acceptable: {refused.sentence}"
            found.append(Finding("seen", sentence))
            continue
        if point.origin != checkpoint.origin:
            sentence = f"kept checkpoint {number} is of another log, {point.origin}"
            found.append(Finding("other_log", sentence))
            continue
        kept.append(point)
    largest = max((point.size for point in kept), default=0)
    if is_whole and largest > checkpoint.size:
        sentence = (
            f"a checkpoint that was kept signs {largest} entries, this one {checkpoint.size}:"
            " entries were cut off, or this is an older copy"
        )
        found.append(Finding("cut", sentence))
    return kept, found


class _Audit:
    """One pass over the entries: two trees, one of the entries, one of what is stated."""

    def __init__(self, checkpoint: Checkpoint, kept: Sequence[Checkpoint]) -> None:
        self.checkpoint = checkpoint
        self.kept = sorted(kept, key=lambda found: found.size)
        self.count = 0
        self.backwards = Backwards()
        self.found: list[Finding] = []
        self._ledger = parts_of(checkpoint.origin)[2]
        self._real = Frontier()
        self._stated = Frontier()
        self._edited: int | None = None
        self._misnumbered: tuple[int, int] | None = None
        self._malformed: int | None = None

    def report(self, code: str, sentence: str) -> None:
        """Keep a finding."""
        self.found.append(Finding(code, sentence))

    def take(self, stated: bytes, entry: bytes) -> None:
        """Look at the next entry."""
        leaf = leaf_hash(entry)
        if leaf != stated and self._edited is None:
            self._edited = self.count
        self._read(entry)
        self._compare_kept()
        self._real.append_many([leaf])
        self._stated.append_many([stated])
        self.count += 1

    def _read(self, raw: bytes) -> None:
        try:
            entry = read_entry(raw, self._ledger)
        except EntryMalformed:
            if self._malformed is None:
                self._malformed = self.count
            return
        self.backwards.take(self.count, moment_of(entry))
        if entry.n != self.count and self._misnumbered is None:
            self._misnumbered = (self.count, entry.n)

    def finish(self) -> tuple[Finding, ...]:
        """Every finding, the most telling first."""
        self._compare_kept()
        wanted = self.checkpoint
        if self._real.size != wanted.size or self._real.root() != wanted.root:
            self._explain()
        elif self._misnumbered is not None:
            at, number = self._misnumbered
            self.report("misnumbered", f"entry {at} says n={number}")
        elif self._edited is not None:
            sentence = f"the hash that the file states for entry {self._edited} is not its hash"
            self.report("stated", sentence)
        if self._malformed is not None:
            self.report("not_an_entry", f"entry {self._malformed} is not written as entries are")
        return tuple(self.found)

    def _explain(self) -> None:
        wanted = self.checkpoint
        signs = f"the checkpoint signs {wanted.size} entries, the file has {self.count}"
        if self._misnumbered is not None:
            at, number = self._misnumbered
            self.report("reordered", f"position {at} holds entry n={number}: reordered or removed")
        elif self.count < wanted.size:
            self.report("truncated", signs)
        elif self.count > wanted.size:
            self.report("extended", signs)
        elif self._edited is not None and self._stated.root() == wanted.root:
            self.report(
                "edited", f"entry {self._edited} was edited: its hash is not the signed one"
            )
        else:
            self.report(
                "forked", f"these {self.count} entries are another history than the signed one"
            )

    def _compare_kept(self) -> None:
        while self.kept and self.kept[0].size <= self.count:
            kept = self.kept.pop(0)
            if kept.size == self.count and kept.root != self._real.root():
                self.found.append(_forked(kept.size))
