"""Sealed columns: AES-256-GCM, key id in front, bound to table, column and row.

Format: `1` | key id length (1) | key id | nonce (12) | ciphertext and tag. The associated data is
`table|column|row id|key id`, so a ciphertext moved to another row does not open. Rotation: make a
new key current, reseal rows at leisure, drop the old key when no row names it.
"""

import base64
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, overload

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.orm import MappedColumn

from lmhg_contracts.classification import DataClass
from lmhg_kit.errors import Invalid, KeyUnknown, SealBroken
from lmhg_kit.persistence.bounds import BYTES_MAX, MAX
from lmhg_kit.persistence.columns import phi

FORMAT = b"1"
NONCE_BYTES = 12
KEY_BYTES = 32
TAG_BYTES = 16


class _KeyringFile(msgspec.Struct, forbid_unknown_fields=True):
    current: str
    keys: dict[str, str]
    index: str


class Keyring:
    """The practice's data keys: one current, older ones for reading, one for blind indexes."""

    def __init__(self, *, current: str, keys: Mapping[str, bytes], index_key: bytes) -> None:
        if current not in keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise KeyUnknown("keyring_shape")
        self.current = current
        self.index_key = index_key
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._openers = {
            FORMAT + bytes([len(key_id)]) + key_id.encode(): (cipher, b"|" + key_id.encode())
            for key_id, cipher in self._ciphers.items()
        }
        """By the bytes in front of a sealed value: its cipher, and what follows the place."""

    @classmethod
    def from_file(cls, path: Path) -> "Keyring":
        """The keyring in a JSON file that only the service user can read."""
        raw = msgspec.json.decode(path.read_bytes(), type=_KeyringFile)
        keys = {key_id: base64.b64decode(key) for key_id, key in raw.keys.items()}
        return cls(current=raw.current, keys=keys, index_key=base64.b64decode(raw.index))

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """Seal bytes to a place (`table|column|row id`)."""
        key_id = self.current.encode()
        nonce = os.urandom(NONCE_BYTES)
        bound = place.encode() + b"|" + key_id
        sealed_bytes = self._ciphers[self.current].encrypt(nonce, plain, bound)
        return FORMAT + bytes([len(key_id)]) + key_id + nonce + sealed_bytes

    def open(self, blob: bytes, *, place: str) -> bytes:
        """The bytes sealed to this place. Raises: KeyUnknown, SealBroken."""
        start = 2 + blob[1] if len(blob) > 1 else 0
        end = start + NONCE_BYTES
        found = self._openers.get(blob[:start])
        if found is None or len(blob) < end + TAG_BYTES:
            key_id_of(blob)
            raise KeyUnknown
        cipher, suffix = found
        try:
            return cipher.decrypt(blob[start:end], blob[end:], place.encode() + suffix)
        except InvalidTag:
            raise SealBroken from None


def key_id_of(blob: bytes) -> bytes:
    """The key id in front of a sealed value. Raises: SealBroken."""
    if len(blob) < 2 or blob[:1] != FORMAT or len(blob) < 2 + blob[1] + NONCE_BYTES + TAG_BYTES:
        raise SealBroken("seal_format")
    return blob[2 : 2 + blob[1]]


_installed: list[Keyring] = []


def install(keyring: Keyring) -> None:
    """Make this the process's keyring. A process without one cannot read sealed columns."""
    _installed[:] = [keyring]


def installed() -> Keyring:
    """The process's keyring. Raises: KeyUnknown when none is installed."""
    if not _installed:
        raise KeyUnknown("keyring_missing")
    return _installed[0]


def place_of(table: str, column: str, row_id: uuid.UUID | str) -> str:
    """What a sealed value is bound to."""
    return f"{table}|{column}|{row_id}"


def sealed(*, max_bytes: int = BYTES_MAX) -> MappedColumn[Any]:
    """A column of sealed text; read and written through a `SealedText` beside it."""
    info = {"sealed": True, "data_class": DataClass.PHI, MAX: max_bytes}
    return phi(LargeBinary, nullable=True, info=info)


class SealedText:
    """An attribute that seals on write and opens on read: `legal_name = SealedText(max_chars=120)`.

    The sealed bytes live in the mapped column of the same name with `_sealed` after it.
    """

    def __init__(self, *, max_chars: int) -> None:
        self.max_chars = max_chars

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember which column holds the bytes."""
        self.name = name
        self.column = f"{name}_sealed"
        self._tables: dict[type, str] = {}

    @overload
    def __get__(self, record: None, owner: type) -> "SealedText": ...
    @overload
    def __get__(self, record: object, owner: type) -> str | None: ...
    def __get__(self, record: Any, owner: type) -> "SealedText | str | None":
        """The opened text, or None. Raises: KeyUnknown, SealBroken."""
        if record is None:
            return self
        held = record.__dict__
        blob: bytes | None = (
            held[self.column] if self.column in held else getattr(record, self.column)
        )
        if blob is None:
            return None
        return installed().open(blob, place=self._place(record)).decode()

    def __set__(self, record: Any, text: str | None) -> None:  # noqa: ANN401 - any mapped record
        """Seal the text to this row. Raises: Invalid when it is too long."""
        if text is not None and len(text) > self.max_chars:
            raise Invalid(fields={self.name: "too_long"})
        plain = None if text is None else text.encode()
        blob = None if plain is None else installed().seal(plain, place=self._place(record))
        setattr(record, self.column, blob)

    def reseal(self, record: Any) -> bool:  # noqa: ANN401 - any mapped record
        """Seal again under the current key; whether anything changed."""
        blob: bytes | None = getattr(record, self.column)
        if blob is None or key_id_of(blob) == installed().current.encode():
            return False
        setattr(record, self.name, self.__get__(record, type(record)))
        return True

    def _place(self, record: Any) -> str:  # noqa: ANN401 - any mapped record
        start = self._tables.get(type(record))
        if start is None:
            start = self._tables[type(record)] = place_of(record.__table__.fullname, self.name, "")
        return f"{start}{record.__dict__.get('id') or record.id}"


def sealed_texts(model: type) -> list[SealedText]:
    """The sealed attributes of a model."""
    found = (getattr(model, name, None) for name in dir(model))
    return [attribute for attribute in found if isinstance(attribute, SealedText)]
