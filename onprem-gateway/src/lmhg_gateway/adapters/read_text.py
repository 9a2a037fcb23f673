"""The child process that reads the text of a file: bytes in, pages of text as JSON out, nothing else.

Run as `python -I -m lmhg_gateway.adapters.read_text KIND`. It limits itself before it reads a byte of the file:
processor time, memory, no file to write. It says whether all of the file is text: a picture that takes up a
good part of a page may show words that nobody can match.
"""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pypdfium2

CPU_S = 30
MEMORY = 2 * 1024 * 1024 * 1024
READ_MAX = 64 * 1024 * 1024
PAGES_MAX = 1_000
PART_CHARS = 12_000
"""Letters of one part: a page, or as much of a long one."""
CHARS_MAX = 4_000_000
UNPACKED_MAX = 64 * 1024 * 1024
PICTURE_SHARE = 0.05
"""Of a page: a larger picture is not read over."""
IMAGE = 3
"""pdfium's own number for an object that is a picture."""
PARTS = ("document", "header", "footer", "footnotes", "endnotes", "comments")


class TextRefused(Exception):
    """A file whose text cannot be read."""


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


def text_of(kind: str, data: bytes) -> tuple[list[str], bool]:
    """The pages of a file, and whether all that it shows is in them. Raises: TextRefused."""
    if kind == "pdf":
        return _of_pdf(data)
    if kind == "docx":
        return _of_docx(data)
    if kind == "text":
        return [data.decode("utf-8-sig", "replace")], True
    return [], False


def _of_pdf(data: bytes) -> tuple[list[str], bool]:
    pages: list[str] = []
    is_whole = True
    with pypdfium2.PdfDocument(data) as file:
        if len(file) > PAGES_MAX:
            raise TextRefused
        for number in range(len(file)):
            page = file[number]
            text = page.get_textpage().get_text_bounded()
            area = max(1.0, page.get_width() * page.get_height())
            covered = any(_share(each, area) > PICTURE_SHARE for each in page.get_objects())
            is_drawn = not text.strip() and any(True for _ in page.get_objects())
            is_whole = is_whole and not covered and not is_drawn
            pages.append(text)
        said = " ".join(str(each) for each in file.get_metadata_dict().values() if each)
    return [*pages, *([said] if said else [])], is_whole


def _share(found: Any, area: float) -> float:  # noqa: ANN401 - pdfium's own object
    if found.type != IMAGE:
        return 0.0
    left, bottom, right, top = found.get_bounds()
    return abs(right - left) * abs(top - bottom) / area


def _of_docx(data: bytes) -> tuple[list[str], bool]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        entries = packed.infolist()
        if sum(each.file_size for each in entries) > UNPACKED_MAX:
            raise TextRefused
        names = [each.filename for each in entries]
        is_whole = not any(name.startswith(("word/media/", "word/embeddings/")) for name in names)
        texts = [
            "\n".join(_paragraphs(packed.read(name)))
            for name in sorted(names)
            if name.endswith(".xml")
            and (
                name.startswith(tuple(f"word/{part}" for part in PARTS))
                or name == "docProps/core.xml"
            )
        ]
    return texts, is_whole


def _paragraphs(data: bytes) -> Iterator[str]:
    root = ET.fromstring(data)  # noqa: S314 - in a child with limits, which is thrown away
    blocks = root.findall(".//{*}p")
    for block in blocks:
        yield "".join(_words(block))
    if not blocks:
        yield " ".join(each.text for each in root.iter() if each.text)


def _words(block: ET.Element) -> Iterator[str]:
    for each in block.iter():
        name = each.tag.rpartition("}")[2]
        if name in {"t", "delText"}:
            yield each.text or ""
        elif name in {"tab", "br", "cr"}:
            yield " "


def parts_of(pages: list[str]) -> list[str]:
    """Pages, a long one cut where a word ends. Raises: TextRefused."""
    if sum(map(len, pages)) > CHARS_MAX:
        raise TextRefused
    found: list[str] = []
    for page in pages:
        rest = page.replace("\x00", " ").encode("utf-8", "replace").decode()
        while len(rest) > PART_CHARS:
            cut = rest.rfind(" ", PART_CHARS // 2, PART_CHARS) + 1 or PART_CHARS
            found.append(rest[:cut])
            rest = rest[cut:]
        found.append(rest)
    return found


def main() -> int:
    """Read the file that comes in; 1 where its text cannot be read."""
    limit()
    try:
        pages, is_whole = text_of(sys.argv[1], sys.stdin.buffer.read(READ_MAX + 1))
        answer = {"pages": parts_of(pages), "is_whole": is_whole}
    except Exception:  # noqa: BLE001 - hostile bytes raise anything; its words may quote them
        return 1
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
