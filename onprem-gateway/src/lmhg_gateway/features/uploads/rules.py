"""What the tus protocol asks of a request, and the bounds of uploads."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from lmhg_kit.errors import Conflict, Invalid, Unreadable
from lmhg_kit.http.door import NUMBER_MAX, number_in, text_of

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
CHECKSUMS = ("sha1", "sha256", "md5")
OPEN_MAX = 20
"""Uploads that one person or program may have open at a time."""
LIFE = timedelta(hours=24)
"""How long an upload may take, until something is made of it."""
NAME_MAX = 200
METADATA_MAX = 4096


class State(StrEnum):
    """What became of an upload."""

    OPEN = "open"
    """It takes bytes, or waits to be filed."""
    FILED = "filed"
    """Something is being made of it."""
    DONE = "done"
    """Its bytes are elsewhere, or were refused: the file may go."""


class Hash(Protocol):
    """A hash that grows."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""
        ...

    def digest(self) -> bytes:
        """What it is so far."""
        ...


@dataclass(frozen=True)
class Checksum:
    """What a part is said to hash to."""

    algorithm: str
    digest: bytes

    def start(self) -> Hash:
        """A fresh hash."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def length_in(text: str | None, *, most: int) -> int:
    """The length that a client announces. Raises: Unreadable, Invalid("upload_long")."""
    length = number_in(text or "")
    if length is None or not 0 < length <= NUMBER_MAX:
        raise Unreadable("upload_header")
    if length > most:
        raise Invalid("upload_long", fields={"file": too_long(most)})
    return length


def too_long(most: int) -> str:
    """What to say of a file that is longer than the limit."""
    return f"This file is too large. The limit is {most // (1024 * 1024):,} MB. Nothing was saved."


def offset_in(text: str | None) -> int:
    """Where a client goes on. Raises: Unreadable."""
    offset = number_in(text or "")
    if offset is None or offset < 0:
        raise Unreadable("upload_header")
    return offset


def name_in(text: str | None) -> str:
    """The file's name in tus metadata; empty where there is none. Raises: Unreadable."""
    if len(text or "") > METADATA_MAX:
        raise Unreadable("upload_header")
    for pair in (text or "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key in {"filename", "name"}:
            return plain_name(_decoded(value).decode("utf-8", "replace"))
    return ""


def plain_name(text: str) -> str:
    """A file's name without its folders."""
    return text_of(text.replace("\\", "/").rpartition("/")[2]).strip()[:NAME_MAX]


def checksum_in(text: str | None) -> Checksum | None:
    """What the part is said to hash to. Raises: Unreadable."""
    if text is None:
        return None
    algorithm, _, value = text.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise Unreadable("upload_header")
    return Checksum(algorithm, _decoded(value))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("upload_header") from None


def check_offset(held: int, *, said: int) -> None:
    """Accept bytes that begin where the held ones end. Raises: Conflict."""
    if held != said:
        raise Conflict("upload_offset")


def check_open(open_now: int) -> None:
    """Accept another upload. Raises: Conflict."""
    if open_now >= OPEN_MAX:
        raise Conflict("uploads_full")
