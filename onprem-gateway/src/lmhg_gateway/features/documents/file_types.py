"""Which files the practice takes, told by their bytes and never by their name.

An allow-list. What a browser could run (pages, drawings, scripts) is not on it. Pictures are drawn again by a
process of their own (see `pictures`), so whatever hides in one stays behind.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

from lmhg_kit.errors import Invalid

HEAD_BYTES = 8192
"""What tells a type."""
TAIL_BYTES = 64 * 1024
PICTURE_MAX = 40 * 1024 * 1024
"""Bytes of a picture, before it is drawn again."""
OFFICE_MAX = 100 * 1024 * 1024
TEXT_MAX = 20 * 1024 * 1024
ENTRIES_MAX = 5000
"""Files inside an office file."""
INDEX_MAX = 2 * 1024 * 1024
"""Bytes of its table of contents."""


@dataclass(frozen=True, kw_only=True)
class FileType:
    """One kind of file: how it is kept and what people call it."""

    title: str
    media_type: str
    suffix: str
    is_picture: bool = False
    most: int = 0
    """Bytes at most; 0 for the practice's own limit."""


TYPES: Mapping[str, FileType] = {
    "pdf": FileType(title="PDF", media_type="application/pdf", suffix=".pdf"),
    "jpeg": FileType(title="Photo", media_type="image/jpeg", suffix=".jpg", is_picture=True, most=PICTURE_MAX),
    "png": FileType(title="Picture", media_type="image/png", suffix=".png", is_picture=True, most=PICTURE_MAX),
    "heic": FileType(title="Photo", media_type="image/jpeg", suffix=".jpg", is_picture=True, most=PICTURE_MAX),
    "tiff": FileType(title="Fax or scan", media_type="image/tiff", suffix=".tif", is_picture=True, most=PICTURE_MAX),
    "docx": FileType(
        title="Word document",
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        suffix=".docx",
        most=OFFICE_MAX,
    ),
    "text": FileType(title="Text", media_type="text/plain", suffix=".txt", most=TEXT_MAX),
}  # fmt: skip
"""By our own code; heic is what a phone sends, and is kept as a JPEG."""
ACCEPT = ".pdf,.jpg,.jpeg,.png,.heic,.heif,.tif,.tiff,.docx,.txt,image/*,application/pdf"
"""What a browser offers to choose; the bytes decide."""

_SIGNS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("pdf", re.compile(rb"%PDF-[12]\.\d")),
    ("jpeg", re.compile(rb"\xff\xd8\xff")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("tiff", re.compile(rb"II\*\x00|MM\x00\*")),
    ("heic", re.compile(rb".{4}ftyp(heic|heix|hevc|heim|heis|mif1|msf1)", re.DOTALL)),
    ("docx", re.compile(rb"PK\x03\x04")),
)
_SUFFIXES: Mapping[str, frozenset[str]] = {
    "pdf": frozenset({".pdf"}),
    "jpeg": frozenset({".jpg", ".jpeg", ".jfif", ".jpe"}),
    "png": frozenset({".png"}),
    "tiff": frozenset({".tif", ".tiff"}),
    "heic": frozenset({".heic", ".heif", ".hif"}),
    "docx": frozenset({".docx", ".zip"}),
}
"""What the second opinion may call each."""
_ACTIVE = re.compile(rb"<\s*(!doctype|html|script|svg|iframe|body|\?xml|head)\b", re.IGNORECASE)
_FOREIGN = re.compile(rb"%PDF-|\AGIF8|\A%!PS|\A\{\\rtf|\A#!")
"""What a text that is another file too begins like, or has near its beginning."""
_CONTROLS = frozenset((*range(32), 127)) - {9, 10, 12, 13}
_ZIP_END = b"PK\x05\x06"

REFUSED = "We can't take this type of file. Send a PDF, a photo, a Word document or a text file."
SAID: Mapping[str, str] = {
    "type_unknown": REFUSED,
    "type_active": "This file has web content in it, which could be unsafe. Save it as a PDF and send that.",
    "type_mixed": "This file is two files in one, which could be unsafe. Save it again as a PDF and send that.",
    "office_macros": "This Word document has macros, which could be unsafe. Save it as a PDF and send that.",
    "office_broken": "This Word document is damaged. Open it, save it again, and send that.",
    "picture_broken": "This picture is damaged, or too large to draw. Take it again, or send a PDF.",
    "damaged": "Part of this file was damaged on the office's disk. Send it again.",
}
"""Why a file was refused, for people, by code."""


class FileRefused(Exception):
    """A file that is not taken. `code` says why, as in `SAID`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kind_of(head: bytes) -> str:
    """Which kind of file begins like this. Raises: FileRefused."""
    found = next((kind for kind, sign in _SIGNS if sign.match(head)), None)
    if found is None:
        _check_text(head)
        if _FOREIGN.search(head):
            raise FileRefused("type_mixed")
        return "text"
    if _named(head).isdisjoint(_SUFFIXES[found]):
        raise FileRefused("type_unknown")
    return found


def _named(head: bytes) -> set[str]:
    """What a second reader of signs calls it: two have to agree."""
    try:
        return {each.extension.lower() for each in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _check_text(part: bytes) -> None:
    if not _CONTROLS.isdisjoint(part):
        raise FileRefused("type_unknown")
    if _ACTIVE.search(part):
        raise FileRefused("type_active")
    try:
        part.decode()
    except UnicodeDecodeError as broken:
        if broken.start < len(part) - 3:
            raise FileRefused("type_unknown") from None


def check_whole(kind: str, source: BinaryIO, *, size: int) -> None:
    """Accept a whole file as what it begins like. Raises: FileRefused."""
    if kind == "text":
        source.seek(0)
        while part := source.read(HEAD_BYTES):
            _check_text(part)
    elif kind == "docx":
        _check_office(source, size=size)
    elif kind == "pdf":
        source.seek(max(0, size - TAIL_BYTES))
        tail = source.read(TAIL_BYTES)
        if _ZIP_END in tail:
            raise FileRefused("type_mixed")


def _check_office(source: BinaryIO, *, size: int) -> None:
    source.seek(max(0, size - TAIL_BYTES))
    tail = source.read(TAIL_BYTES)
    end = tail.rfind(_ZIP_END)
    if end < 0 or int.from_bytes(tail[end + 12 : end + 16], "little") > INDEX_MAX:
        raise FileRefused("office_broken")
    try:
        with zipfile.ZipFile(source) as archive:
            names = {each.filename.lower() for each in archive.infolist()[:ENTRIES_MAX]}
    except (zipfile.BadZipFile, ValueError, OSError, io.UnsupportedOperation):
        raise FileRefused("office_broken") from None
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefused("office_macros")
    if not {"[content_types].xml", "word/document.xml"} <= names:
        raise FileRefused("type_unknown")


def check_size(kind: str, size: int) -> None:
    """Accept a file of this size. Raises: Invalid."""
    most = TYPES[kind].most
    if most and size > most:
        said = f"A file of this type may have {most // (1024 * 1024)} MB. Send a smaller one."
        raise Invalid("file_long", fields={"file": said})
