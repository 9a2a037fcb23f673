"""A file of published keys, as people write them: one vkey a line, comments, any ends of lines."""

import re
from collections.abc import Sequence
from pathlib import Path

from lmhg_contracts.ledger.checkpoint import NOTE_SENTENCES, NoteRefused, NoteVerifier

_LINE_ENDS = re.compile(r"\r\n|\n|\r")
KEY_FILE_MAX_BYTES = 64 * 1024


class FileRefused(ValueError):
    """A file that cannot be read; the text is one sentence with the file and the line."""


def read_keys(path: Path) -> list[NoteVerifier]:
    """Every key of a file. Raises: OSError, FileRefused."""
    return parse_keys(read_text(path, most=KEY_FILE_MAX_BYTES), name=path.name)


def parse_keys(text: str, *, name: str) -> list[NoteVerifier]:
    """Every key of a key file's text; empty lines and lines with a `#` in front are passed over.

    Raises: FileRefused.
    """
    found: list[NoteVerifier] = []
    for number, line in enumerate(_LINE_ENDS.split(text.removeprefix("\ufeff")), start=1):
        vkey = line.strip()
        if not vkey or vkey.startswith("#"):
            continue
        try:
            verifier = NoteVerifier.from_vkey(vkey)
            _check_apart(verifier, found)
        except NoteRefused as refused:
            message = f"{name}, line {number}: {refused.sentence}"
            raise FileRefused(message) from None
        found.append(verifier)
    if not found:
        message = f"{name}: there is no published key in it"
        raise FileRefused(message)
    return found


def _check_apart(verifier: NoteVerifier, others: Sequence[NoteVerifier]) -> None:
    """Refuse one key under two names: anyone who holds it would be witness to itself. Raises: NoteRefused."""
    for other in others:
        is_named_so = other.name == verifier.name
        if other.public_key == verifier.public_key and not is_named_so:
            raise NoteRefused("key_shared")
        if is_named_so and other.key_id == verifier.key_id and other.vkey != verifier.vkey:
            raise NoteRefused("key_ambiguous")


def read_text(path: Path, *, most: int) -> str:
    """A small text file. Raises: OSError, FileRefused."""
    with path.open("rb") as source:
        raw = source.read(most + 1)
    if len(raw) > most:
        message = f"{path.name}: it is longer than {most} bytes"
        raise FileRefused(message)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        message = f"{path.name}: {NOTE_SENTENCES['note_not_text']}"
        raise FileRefused(message) from None
