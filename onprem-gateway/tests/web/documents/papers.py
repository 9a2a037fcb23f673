"""Invented papers, made by code: every kind that the practice takes, and some that it does not."""

import io
import zipfile

from PIL import Image

from lmhg_stack.demo.papers import pdf

__all__ = ["pdf"]

HIDDEN = b"37.9838,23.7275 hidden place"
"""What a photo carries and must not keep."""


def picture(form: str, *, size: tuple[int, int] = (60, 40)) -> bytes:
    """A picture whose left half is red and right half blue, with a place and a comment in it."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((30, 30, 200), (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x010E] = HIDDEN.decode()
    exif[0x0112] = 6
    out = io.BytesIO()
    if form in {"JPEG", "PNG", "TIFF"}:
        image.save(out, form, exif=exif)
    return out.getvalue()


def _dated(name: str) -> zipfile.ZipInfo:
    """A file of one date, so that two archives of it are the same."""
    return zipfile.ZipInfo(name, date_time=(2026, 1, 2, 3, 4, 6))


def docx(*, macros: bool = False) -> bytes:
    """The least of a Word document."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(_dated("[Content_Types].xml"), "<Types/>")
        archive.writestr(_dated("word/document.xml"), "<w:document/>")
        if macros:
            archive.writestr(_dated("word/vbaProject.bin"), b"macro")
    return out.getvalue()


def archive() -> bytes:
    """A ZIP that is no Word document."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("run.html", "<script>alert(1)</script>")
    return out.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    """How wide and high a picture is."""
    with Image.open(io.BytesIO(data)) as found:
        return found.size
