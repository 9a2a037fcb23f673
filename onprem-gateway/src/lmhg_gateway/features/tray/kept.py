"""What the store has of papers: the file as it came, its PDF, and the pictures of its pages."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from lmhg_gateway.adapters.draw_pages import PaperRefused
from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.adapters.paper_pages import join_pages
from lmhg_gateway.features.documents.public import TYPES, opened
from lmhg_gateway.features.tray.models import PaperFile, PaperPage
from lmhg_kit.errors import Conflict, SealBroken


@dataclass(frozen=True)
class KeptFile:
    """A file in the store: the name of its object, how many plain bytes it has, and its key."""

    name: str
    size: int | None
    data_key: str | None


def original(file: PaperFile) -> KeptFile:
    """The file as it came."""
    return KeptFile(str(file.id), file.size, file.data_key)


def suffix_of(file: PaperFile) -> str:
    """The ending of its name; documents know no HEIC, because they are never kept as that."""
    return ".heic" if file.kind == "heic" else TYPES[file.kind or "pdf"].suffix


def pdf_of(file: PaperFile) -> KeptFile:
    """Its PDF: itself, or what was made of a picture."""
    if file.kind == "pdf":
        return original(file)
    return KeptFile(pdf_name(file.id), file.pdf_size, file.pdf_key)


def pictures_of(file: PaperFile) -> KeptFile:
    """The pictures of its pages, one behind the other."""
    return KeptFile(pictures_name(file.id), file.pictures_size, file.pictures_key)


def pdf_name(file_id: uuid.UUID) -> str:
    """The name of the object that has a picture's PDF."""
    return f"{file_id}.pdf"


def pictures_name(file_id: uuid.UUID) -> str:
    """The name of the object that has the pictures of a file's pages."""
    return f"{file_id}.pictures"


def read(store: ObjectStore, kept: KeptFile, *, first: int = 0, size: int | None = None) -> bytes:
    """The plain bytes of an object, or a part of them. Raises: Unavailable, SealBroken."""
    length = kept.size or 0 if size is None else size
    size_of_all, key = kept.size or 0, bytes.fromhex(kept.data_key or "")
    last = first + length - 1
    return b"".join(opened(store, kept.name, size=size_of_all, key=key, first=first, last=last))


async def composed(
    store: ObjectStore, pages: Sequence[PaperPage], files: Sequence[PaperFile]
) -> bytes:
    """The pages of a paper as one PDF; a PDF whose pages nobody touched stays as it is, to the byte.

    Raises: Conflict, Unavailable.
    """
    try:
        return await asyncio.to_thread(_composed, store, pages, files)
    except (PaperRefused, SealBroken):
        raise Conflict("paper_unjoined") from None


def _composed(store: ObjectStore, pages: Sequence[PaperPage], files: Sequence[PaperFile]) -> bytes:
    numbers = {each.id: n for n, each in enumerate(files)}
    if len(files) == 1 and _is_untouched(pages, files[0]):
        return read(store, pdf_of(files[0]))
    plan = [(numbers[each.file_id], each.number - 1, each.turn) for each in pages]
    return join_pages([read(store, pdf_of(each)) for each in files], plan)


def _is_untouched(pages: Sequence[PaperPage], file: PaperFile) -> bool:
    numbers = [each.number for each in pages]
    return numbers == list(range(1, (file.page_count or 0) + 1)) and not any(
        each.turn for each in pages
    )
