"""Verification for outsiders: what is wrong with a ledger, and where.

Each kind of tampering has a finding of its own, because an auditor has to know which it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from lmhg_contracts.ledger.checkpoint import (
    Checkpoint,
    NoteRefused,
    NoteVerifier,
    open_note,
    signed_by,
)
from lmhg_contracts.ledger.export import ExportRefused, Proof, read_entries, read_header
from lmhg_contracts.ledger.tree import Frontier, leaf_hash, verify_inclusion


class _Numbered(msgspec.Struct):
    n: int


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a stable code, and a sentence that says where."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What verification found. Sound when `findings` is empty."""

    checkpoint: Checkpoint | None
    entries: int
    signers: frozenset[str]
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


_numbered = msgspec.json.Decoder(_Numbered)


def verify_export(
    source: BinaryIO, verifiers: Sequence[NoteVerifier], *, seen: Iterable[str] = ()
) -> Verdict:
    """Judge an export. `seen` are checkpoints of the same log that somebody kept, as notes."""
    try:
        note = read_header(source)
        checkpoint = open_note(note, verifiers)
    except (ExportRefused, NoteRefused) as refused:
        return _refused("checkpoint", f"the checkpoint is not acceptable: {refused.code}")
    try:
        kept = [open_note(text, verifiers) for text in seen]
    except NoteRefused as refused:
        return _refused("seen", f"a kept checkpoint is not acceptable: {refused.code}")
    audit = _Audit(checkpoint, [found for found in kept if found.origin == checkpoint.origin])
    strangers = len(kept) - len(audit.kept)
    try:
        for stated, entry in read_entries(source):
            audit.take(stated, entry)
    except ExportRefused as refused:
        audit.note("malformed", f"line {audit.count + 1} of the entries: {refused.code}")
    if strangers:
        audit.note("other_log", "a kept checkpoint is of another log")
    findings = audit.finish()
    return Verdict(checkpoint, audit.count, signed_by(note, verifiers), findings)


def verify_proof(text: str, verifiers: Sequence[NoteVerifier]) -> Verdict:
    """Judge one entry's self-contained proof file."""
    try:
        proof = Proof.from_text(text)
        checkpoint = open_note(proof.note, verifiers)
    except (ExportRefused, NoteRefused) as refused:
        return _refused("proof", f"the proof file is not acceptable: {refused.code}")
    leaf = leaf_hash(proof.entry)
    size, root = checkpoint.size, checkpoint.root
    findings: tuple[Finding, ...] = ()
    if not verify_inclusion(leaf, proof.index, size, proof.path, root):
        sentence = f"entry {proof.index} is not in the log that the checkpoint of size {size} signs"
        findings = (Finding("not_included", sentence),)
    return Verdict(checkpoint, 1, signed_by(proof.note, verifiers), findings)


def _refused(code: str, sentence: str) -> Verdict:
    return Verdict(None, 0, frozenset(), (Finding(code, sentence),))


class _Audit:
    """One pass over the entries: two trees, one of what stands there, one of what is stated."""

    def __init__(self, checkpoint: Checkpoint, kept: Sequence[Checkpoint]) -> None:
        self.checkpoint = checkpoint
        self.kept = sorted(kept, key=lambda found: found.size)
        self.count = 0
        self._real = Frontier()
        self._stated = Frontier()
        self._edited: int | None = None
        self._misnumbered: tuple[int, int] | None = None
        self._numbers_sum = 0
        self._found: list[Finding] = []

    def note(self, code: str, sentence: str) -> None:
        """Keep a finding."""
        self._found.append(Finding(code, sentence))

    def take(self, stated: bytes, entry: bytes) -> None:
        """Look at the next entry."""
        leaf = leaf_hash(entry)
        if leaf != stated and self._edited is None:
            self._edited = self.count
        number = _number(entry)
        self._numbers_sum += number
        if number != self.count and self._misnumbered is None:
            self._misnumbered = (self.count, number)
        self._compare_kept()
        self._real.append_many([leaf])
        self._stated.append_many([stated])
        self.count += 1

    def finish(self) -> tuple[Finding, ...]:
        """Every finding, the most telling first."""
        self._compare_kept()
        wanted = self.checkpoint
        if self._real.size == wanted.size and self._real.root() == wanted.root:
            if self._misnumbered is not None:
                self.note(
                    "misnumbered", f"entry {self._misnumbered[0]} says n={self._misnumbered[1]}"
                )
            return tuple(self._found)
        self._explain()
        return tuple(self._found)

    def _explain(self) -> None:
        wanted = self.checkpoint
        if self._misnumbered is not None and not self._is_cut():
            at, number = self._misnumbered
            self.note("reordered", f"position {at} holds entry n={number}: reordered or removed")
        elif self.count < wanted.size:
            self.note(
                "truncated",
                f"the checkpoint signs {wanted.size} entries, the file has {self.count}",
            )
        elif self.count > wanted.size:
            self.note(
                "extended", f"the checkpoint signs {wanted.size} entries, the file has {self.count}"
            )
        elif self._edited is not None and self._stated.root() == wanted.root:
            self.note("edited", f"entry {self._edited} was edited: its hash is not the signed one")
        else:
            self.note(
                "forked", f"these {self.count} entries are another history than the signed one"
            )

    def _is_cut(self) -> bool:
        return self.count < self.checkpoint.size and self._misnumbered is None

    def _compare_kept(self) -> None:
        while self.kept and self.kept[0].size <= self.count:
            kept = self.kept.pop(0)
            if kept.size == self.count and kept.root != self._real.root():
                self.note(
                    "forked",
                    f"at size {kept.size} this ledger differs from a checkpoint that was kept",
                )


def _number(entry: bytes) -> int:
    try:
        return _numbered.decode(entry).n
    except (msgspec.DecodeError, msgspec.ValidationError):
        return -1
