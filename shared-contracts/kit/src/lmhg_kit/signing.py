"""The keys that sign a plane's ledgers, and that signed them before, from their files."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lmhg_contracts.classification import Plane
from lmhg_contracts.ledger.checkpoint import NoteSigner, NoteVerifier
from lmhg_contracts.ledger.key_file import FileRefused, read_keys
from lmhg_kit.errors import SettingMissing


def ledger_signer(path: Path, *, site: str, plane: Plane) -> NoteSigner:
    """The signer of a plane's ledgers. Raises: SettingMissing when the file holds another key."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingMissing("LMHG_LEDGER_SIGNING_KEY_FILE", "an Ed25519 key in PEM")
    return NoteSigner(f"lmhg-{site}-{plane}", key)


def former_ledger_keys(path: Path | None) -> list[NoteVerifier]:
    """The keys that signed a plane's ledgers before. Raises: SettingMissing for an unreadable file."""
    if path is None:
        return []
    try:
        return read_keys(path)
    except FileRefused as refused:
        raise SettingMissing("LMHG_LEDGER_FORMER_KEYS_FILE", str(refused)) from None
