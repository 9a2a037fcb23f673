"""Encryption to a public key: the ingress seals, only the worker opens.

Format: `1` | ephemeral X25519 public key (32) | nonce (12) | AES-256-GCM ciphertext and tag. The
key is HKDF-SHA-256 of the shared secret, bound to both public keys; the associated data is the
delivery's id, so a body moved to another row does not open.
"""

import os
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from lmhg_kit.errors import SealBroken

FORMAT = b"1"
KEY_BYTES = 32
NONCE_BYTES = 12


def _derive(secret: bytes, ephemeral: bytes, recipient: bytes) -> AESGCM:
    info = b"lmhg ingress 1" + ephemeral + recipient
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret))


class Seal(Protocol):
    """Seals one delivery's bytes to its id."""

    def __call__(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """The sealed bytes."""
        ...


class SealingBox:
    """Seals with the public key alone; cannot open what it sealed."""

    def __init__(self, public_key: X25519PublicKey) -> None:
        self._key = public_key
        self._raw = public_key.public_bytes_raw()

    @classmethod
    def from_file(cls, path: Path) -> "SealingBox":
        """The box for a PEM public key."""
        key = load_pem_public_key(path.read_bytes())
        if not isinstance(key, X25519PublicKey):
            raise SealBroken("key_type")
        return cls(key)

    def seal(self, plain: bytes, *, bound_to: bytes) -> bytes:
        """Seal bytes so that only the private key opens them, for this delivery only."""
        return self.sealer()(plain, bound_to=bound_to)

    def sealer(self) -> "Seal":
        """Seals deliveries that are stored together under one key; drop it with the group.

        Each has a nonce of its own and its own id as associated data, so none opens in another's place.
        """
        ephemeral = X25519PrivateKey.generate()
        public = ephemeral.public_key().public_bytes_raw()
        cipher = _derive(ephemeral.exchange(self._key), public, self._raw)

        def seal(plain: bytes, *, bound_to: bytes) -> bytes:
            nonce = os.urandom(NONCE_BYTES)
            return FORMAT + public + nonce + cipher.encrypt(nonce, plain, bound_to)

        return seal


class OpeningBox:
    """Opens what was sealed to its public key."""

    def __init__(self, private_key: X25519PrivateKey) -> None:
        self._key = private_key
        self._raw = private_key.public_key().public_bytes_raw()

    @classmethod
    def from_file(cls, path: Path) -> "OpeningBox":
        """The box for a PEM private key."""
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, X25519PrivateKey):
            raise SealBroken("key_type")
        return cls(key)

    def open(self, blob: bytes, *, bound_to: bytes) -> bytes:
        """The bytes that were sealed. Raises: SealBroken."""
        start = 1 + KEY_BYTES
        if blob[:1] != FORMAT or len(blob) < start + NONCE_BYTES + 16:
            raise SealBroken("seal_format")
        public, nonce = blob[1:start], blob[start : start + NONCE_BYTES]
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(public))
            cipher = _derive(shared, public, self._raw)
            return cipher.decrypt(nonce, blob[start + NONCE_BYTES :], bound_to)
        except (InvalidTag, ValueError):
            # ValueError: a public key whose shared secret would be zero.
            raise SealBroken from None
