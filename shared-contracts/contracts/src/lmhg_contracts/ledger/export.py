"""Ledger files for outsiders: a whole ledger with its checkpoint, and one entry with its proof.

An export is a header line, the signed checkpoint, then one line an entry: the entry's leaf hash in
hex, a space, the entry's exact bytes. The hashes let a verifier name the entry that was edited.
A proof is C2SP `tlog-proof@v1`; its `extra` line holds the entry.
"""

import base64
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lmhg_contracts.ledger.checkpoint import decode_base64
from lmhg_contracts.ledger.tree import HASH_BYTES, leaf_hash

EXPORT_MAGIC = b"lmhg-ledger/1"
PROOF_MAGIC = "c2sp.org/tlog-proof@v1"
LINE_MAX_BYTES = 128 * 1024
NOTE_MAX_BYTES = 16_384
PROOF_MAX_HASHES = 63


INDEX_MAX_DIGITS = 18
PROOF_MAX_BYTES = 256 * 1024
_BOM = b"\xef\xbb\xbf"


class ExportRefused(ValueError):
    """A file that is no export or proof. `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """The refusal in one sentence."""
        return EXPORT_SENTENCES[self.code]


EXPORT_SENTENCES = {
    "no_export": f"line 1: an export begins with `{EXPORT_MAGIC.decode()} <bytes>`",
    "byte_order_mark": "line 1: a byte order mark stands before it; take the file as it was exported",
    "line_ends": (
        "line 1 ends in CRLF: an editor or a mail program has changed the file; take it as it was"
        " exported"
    ),
    "checkpoint_too_long": f"line 1: the checkpoint is said to be longer than {NOTE_MAX_BYTES} bytes",
    "checkpoint_cut": "the file ends inside its checkpoint",
    "checkpoint_not_text": "the checkpoint is not UTF-8 text",
    "line_malformed": "it is not a leaf hash of 64 hex digits, a space and an entry",
    "no_proof": f"line 1: a proof file begins with `{PROOF_MAGIC}`",
    "proof_too_long": f"it is longer than {PROOF_MAX_BYTES} bytes",
    "proof_lines": "lines 2 and on: `extra`, `index` and the proof's hashes are expected",
    "proof_hash": "a hash of the proof is not 32 bytes long",
}
"""Why a file is refused; every code that is raised has its sentence."""


def write_export(out: BinaryIO, note: str, entries: Iterable[bytes]) -> int:
    """Write an export; how many entries were written."""
    encoded = note.encode()
    out.write(EXPORT_MAGIC + b" %d\n" % len(encoded))
    out.write(encoded)
    count = 0
    for entry in entries:
        append_entry(out, entry)
        count += 1
    return count


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that is at its path once it is whole; after an error nothing new is there."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def append_entry(out: BinaryIO, entry: bytes) -> None:
    """Write the next entry's line."""
    out.write(leaf_hash(entry).hex().encode() + b" " + entry + b"\n")


def read_header(source: BinaryIO) -> str:
    """The signed checkpoint at the start of an export. Raises: ExportRefused."""
    line = source.readline(64)
    if line.startswith(_BOM):
        raise ExportRefused("byte_order_mark")
    if line.startswith(EXPORT_MAGIC) and line.endswith(b"\r\n"):
        raise ExportRefused("line_ends")
    header = line.split(b" ")
    if len(header) != 2 or header[0] != EXPORT_MAGIC or not _is_count(header[1]):
        raise ExportRefused("no_export")
    length = int(header[1])
    if length > NOTE_MAX_BYTES:
        raise ExportRefused("checkpoint_too_long")
    note = source.read(length)
    if len(note) != length:
        raise ExportRefused("checkpoint_cut")
    try:
        return note.decode()
    except UnicodeDecodeError:
        raise ExportRefused("checkpoint_not_text") from None


def _is_count(text: bytes) -> bool:
    """Whether the header's rest is a plain number, and the line ends after it."""
    digits = text[:-1]
    return text.endswith(b"\n") and digits.isdigit() and digits == b"%d" % int(digits)


def read_entries(source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """(stated leaf hash, entry) of each line. Raises: ExportRefused."""
    while line := source.readline(LINE_MAX_BYTES + 1):
        if len(line) > LINE_MAX_BYTES or not line.endswith(b"\n") or line[64:65] != b" ":
            raise ExportRefused("line_malformed")
        try:
            stated = bytes.fromhex(line[:64].decode("ascii"))
        except (ValueError, UnicodeDecodeError):
            raise ExportRefused("line_malformed") from None
        if len(stated) != HASH_BYTES or stated.hex().encode() != line[:64]:
            raise ExportRefused("line_malformed")
        yield stated, line[65:-1]


@dataclass(frozen=True)
class Proof:
    """One entry, where it is, and why: an inclusion proof under a signed checkpoint."""

    index: int
    entry: bytes
    path: Sequence[bytes]
    note: str

    def to_text(self) -> str:
        """The proof file."""
        lines = [PROOF_MAGIC, f"extra {_base64(self.entry)}", f"index {self.index}"]
        lines += [_base64(step) for step in self.path]
        return "\n".join(lines) + "\n\n" + self.note

    @classmethod
    def from_text(cls, text: str) -> "Proof":
        """The proof in a file's text. Raises: ExportRefused."""
        if len(text) > PROOF_MAX_BYTES:
            raise ExportRefused("proof_too_long")
        head, separator, note = text.partition("\n\n")
        lines = head.split("\n")
        if not separator or len(lines) < 3 or lines[0] != PROOF_MAGIC:
            raise ExportRefused("no_proof")
        if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
            raise ExportRefused("proof_lines")
        index = lines[2].removeprefix("index ")
        if not index.isascii() or not index.isdigit() or len(index) > INDEX_MAX_DIGITS:
            raise ExportRefused("proof_lines")
        if index != str(int(index)) or len(lines) > 3 + PROOF_MAX_HASHES:
            raise ExportRefused("proof_lines")
        path = [_unbase64(line) for line in lines[3:]]
        if any(len(step) != HASH_BYTES for step in path):
            raise ExportRefused("proof_hash")
        return cls(int(index), _unbase64(lines[1].removeprefix("extra ")), path, note)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unbase64(text: str) -> bytes:
    """Base64 in its one form: a proof that can be written in two ways is two files for one thing."""
    try:
        raw = decode_base64(text)
    except ValueError:
        raise ExportRefused("proof_lines") from None
    if _base64(raw) != text:
        raise ExportRefused("proof_lines")
    return raw
