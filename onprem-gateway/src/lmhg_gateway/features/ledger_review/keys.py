"""The published keys of both planes' ledgers."""

from pathlib import Path

from lmhg_contracts.ledger.checkpoint import NoteVerifier
from lmhg_contracts.ledger.key_file import FileRefused, read_keys
from lmhg_kit.errors import Unavailable


def read_verifiers(path: Path | None) -> list[NoteVerifier]:
    """The keys of the file that the settings name. Raises: Unavailable."""
    if path is None or not path.exists():
        raise Unavailable("ledger_keys_missing")
    try:
        return read_keys(path)
    except FileRefused:
        raise Unavailable("ledger_keys_unreadable") from None
