"""The child process that opens papers: a PDF or a picture in; pictures of its pages, their text, a PDF out.

Run as `python -I -m lmhg_gateway.adapters.draw_pages WORK`, where WORK is a kind of file, or `join`. It
limits itself before it reads a byte of a paper: processor time, memory, no file to write. What a PDF could
run is never run here, and a picture of a page carries nothing but its points.

`KIND`: bytes in; a line of JSON out, then the pictures one behind the other, then the PDF of a picture.
`join`: a line of JSON in, then the PDFs one behind the other; the new PDF out.
"""

import io
import json
import resource
import sys
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import pi_heif
import pypdfium2
from PIL import Image, ImageOps, ImageSequence

CPU_S = 90
MEMORY = 1536 * 1024 * 1024
READ_MAX = 512 * 1024 * 1024
POINTS_MAX = 60_000_000
PAGES_MAX = 200
TEXT_MAX = 6_000
"""Letters kept of one page's text: enough to find who it is about."""
PICTURE_SIDE = 1_600
"""Points of the longer side of a page's picture: small print of a letter can be read."""
PICTURE_QUALITY = 78
PHOTO_SIDE = 2_600
PHOTO_QUALITY = 85
PAPER_INCHES = 11.0
"""How long the longer side of a photo is as a page."""
SQUASHED = 1.2
"""From which difference of its two resolutions on a fax has to be pulled straight."""
FORMATS = {"jpeg": "JPEG", "png": "PNG", "tiff": "TIFF", "heic": "HEIF"}


class PaperRefused(Exception):
    """A paper that is not taken, with the code of the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def limit() -> None:
    """Bound this process for good."""
    bounds = {
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))


def opened(kind: str, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What is said of a paper's pages, and the bytes behind that. Raises: PaperRefused."""
    made = b"" if kind == "pdf" else pdf_of(kind, data)
    document = _document(made or data)
    if not 0 < len(document) <= PAGES_MAX:
        raise PaperRefused("paper_long" if len(document) else "paper_broken")
    pages: list[dict[str, Any]] = []
    parts: list[bytes] = []
    for page in document:
        drawn = _picture(page)
        pages.append({"size": len(drawn), "text": _text(page)})
        parts.append(drawn)
    return {"pages": pages, "pdf": len(made)}, [*parts, made]


def _document(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as broken:
        is_locked = "password" in str(broken).lower()
        raise PaperRefused("paper_locked" if is_locked else "paper_broken") from None


def _picture(page: pypdfium2.PdfPage) -> bytes:
    width, height = page.get_size()
    scale = PICTURE_SIDE / max(width, height, 1.0)
    out = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(out, "JPEG", quality=PICTURE_QUALITY)
    return out.getvalue()


def _text(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage().get_text_bounded()
    lines = (
        "".join(each for each in line if each.isprintable()).strip() for line in text.splitlines()
    )
    return "\n".join(line for line in lines if line)[:TEXT_MAX]


def pdf_of(kind: str, data: bytes) -> bytes:
    """A picture, or each picture of a fax, as the pages of a PDF."""
    Image.MAX_IMAGE_PIXELS = POINTS_MAX // 2  # twice as many are an error
    if kind == "heic":
        pi_heif.register_heif_opener()
    with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as picture:
        if kind != "tiff":
            return _as_pdf([_photo(picture)])
        frames = zip(ImageSequence.Iterator(picture), range(PAGES_MAX + 1), strict=False)
        pages = [_straight(frame) for frame, _ in frames]
    if len(pages) > PAGES_MAX:
        raise PaperRefused("paper_long")
    return _as_pdf(pages)


def _photo(picture: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in {"RGBA", "LA", "P"}:
        upright = upright.convert("RGBA")
        paper = Image.new("RGB", upright.size, "white")
        paper.paste(upright, mask=upright.getchannel("A"))
        upright = paper
    bare = upright.convert("L" if upright.mode in {"1", "L", "I;16"} else "RGB")
    bare.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    return bare


def _straight(frame: Image.Image) -> Image.Image:
    """One page of a fax; one whose lines lie twice as far apart as its points is pulled straight."""
    across, down = (float(each or 1) for each in frame.info.get("dpi", (1, 1)))
    page = frame.copy() if frame.mode == "1" else _photo(frame)
    if across > 0 and down > 0 and SQUASHED < across / down < SQUASHED * 3:
        page = page.resize((page.width, round(page.height * across / down)))
    page.info = {}
    return page


def _as_pdf(pages: Sequence[Image.Image]) -> bytes:
    out = io.BytesIO()
    side = max(max(page.size) for page in pages)
    is_fax = any(page.mode == "1" for page in pages)  # packed as faxes are, which takes no quality
    pages[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=side / PAPER_INCHES,
        **({} if is_fax else {"quality": PHOTO_QUALITY}),
    )
    return out.getvalue()


def joined(files: Sequence[bytes], pages: Iterable[Sequence[int]]) -> bytes:
    """A new PDF of these pages: the number of the file, that of the page in it, and how far it is turned."""
    sources = [_document(each) for each in files]
    made = pypdfium2.PdfDocument.new()
    for place, (source, number, turn) in enumerate(pages):
        made.import_pages(sources[source], [number])
        if turn:
            page = made[place]
            page.set_rotation((page.get_rotation() + turn) % 360)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _join(stream: BinaryIO) -> bytes:
    plan = json.loads(stream.readline())
    return joined([stream.read(size) for size in plan["files"]], plan["pages"])


def _answer(kind: str, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return opened(kind, data)
    except PaperRefused as refused:
        return {"refused": refused.code}, []
    except Exception:  # noqa: BLE001 - hostile bytes raise anything; its words may quote them
        return {"refused": "paper_broken"}, []


def main() -> int:
    """Do the one work; 1 where it cannot be done."""
    limit()
    source, out = sys.stdin.buffer, sys.stdout.buffer
    if sys.argv[1] == "join":
        try:
            made = _join(source)
        except Exception:  # noqa: BLE001 - as above
            return 1
        out.write(made)
        return 0
    said, parts = _answer(sys.argv[1], source.read(READ_MAX))
    out.write(json.dumps(said).encode() + b"\n")
    for part in parts:
        out.write(part)
    return 0


if __name__ == "__main__":
    sys.exit(main())
