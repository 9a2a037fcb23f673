"""The key that signs a plane's ledgers, from its file."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lmhg_contracts.classification import Plane
from lmhg_contracts.ledger.checkpoint import NoteSigner
from lmhg_kit.errors import SettingMissing


def ledger_signer(path: Path, *, site: str, plane: Plane) -> NoteSigner:
    """The signer of a plane's ledgers. Raises: SettingMissing when the file holds another key."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingMissing("LMHG_LEDGER_SIGNING_KEY_FILE", "an Ed25519 key in PEM")
    return NoteSigner(f"lmhg-{site}-{plane}", key)
