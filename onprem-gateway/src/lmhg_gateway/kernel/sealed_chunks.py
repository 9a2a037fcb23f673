"""Files as ciphertext: chunks of AES-256-GCM under a key of the file's own, bound to their place.

A chunk carries its number (or where it starts) and whether it is the last one in what is authenticated: a
chunk that is moved, left out, repeated or cut off at the end does not open. The key of a file is sealed by
the practice's keyring in the file's row, so a new key of the keyring costs no file a rewrite.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lmhg_kit.errors import SealBroken

CHUNK = 1024 * 1024
"""Bytes of a whole chunk before sealing."""
NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32


def new_key() -> bytes:
    """A key for one file."""
    return os.urandom(KEY_BYTES)


@dataclass(frozen=True)
class ChunkSeal:
    """Seals and opens the chunks of one finished file, which is written once under this key.

    The chunk's number is its nonce: it is used once, because a second try has another key.
    """

    key: bytes
    place: str

    def seal(self, plain: bytes, *, number: int, is_last: bool) -> bytes:
        """One chunk."""
        return AESGCM(self.key).encrypt(_nonce(number), plain, self._bound(number, is_last))

    def open(self, sealed: bytes, *, number: int, is_last: bool) -> bytes:
        """The bytes of one chunk. Raises: SealBroken."""
        try:
            return AESGCM(self.key).decrypt(_nonce(number), sealed, self._bound(number, is_last))
        except InvalidTag:
            raise SealBroken from None

    def _bound(self, number: int, is_last: bool) -> bytes:  # noqa: FBT001 - a fact of the format
        return f"lmhg file 1|{self.place}|{number}|{int(is_last)}".encode()


def _nonce(number: int) -> bytes:
    return number.to_bytes(NONCE_BYTES, "big")


def chunks_in(size: int) -> int:
    """How many chunks a file of this size has; an empty one has none."""
    return -(-size // CHUNK)


def sealed_size(size: int) -> int:
    """Bytes of the sealed file."""
    return size + chunks_in(size) * TAG_BYTES


def sealed_span(number: int, *, size: int) -> tuple[int, int]:
    """Where a chunk lies in the sealed file: its first byte and its length."""
    plain = min(CHUNK, size - number * CHUNK)
    return number * (CHUNK + TAG_BYTES), plain + TAG_BYTES


def parts_of(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """The chunks of a range of bytes, both ends included: number, and from where to where in it."""
    for number in range(first // CHUNK, last // CHUNK + 1):
        start = number * CHUNK
        yield number, max(first - start, 0), min(last - start + 1, CHUNK)
