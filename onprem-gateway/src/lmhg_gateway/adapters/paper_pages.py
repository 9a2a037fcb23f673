"""Opens papers in a process of its own, which has little memory, little time and no secrets."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from lmhg_gateway.adapters.draw_pages import PAGES_MAX, TEXT_MAX, PaperRefused

PROCESS = (sys.executable, "-I", "-m", "lmhg_gateway.adapters.draw_pages")
LIMIT_S = 180.0
"""How long it may take by the clock; its processor time it bounds itself."""
ANSWER_MAX = 512 * 1024 * 1024


@dataclass(frozen=True)
class DrawnPage:
    """One page: its picture as a JPEG, and the text that is on it."""

    picture: bytes
    text: str


@dataclass(frozen=True)
class DrawnPaper:
    """A paper that was opened: its pages, and its PDF where it came as a picture."""

    pages: Sequence[DrawnPage]
    pdf: bytes


class _Page(msgspec.Struct, frozen=True):
    size: Annotated[int, msgspec.Meta(ge=1, le=ANSWER_MAX)]
    text: Annotated[str, msgspec.Meta(max_length=TEXT_MAX)]


class _Answer(msgspec.Struct, frozen=True):
    pages: Annotated[list[_Page], msgspec.Meta(max_length=PAGES_MAX)] = []
    pdf: Annotated[int, msgspec.Meta(ge=0, le=ANSWER_MAX)] = 0
    refused: Annotated[str, msgspec.Meta(max_length=40)] = ""


def open_paper(kind: str, data: bytes) -> DrawnPaper:
    """The pages of a PDF or picture. Raises: PaperRefused."""
    line, _, rest = _run(kind, [data]).partition(b"\n")
    try:
        answer = msgspec.json.decode(line, type=_Answer)
    except (msgspec.DecodeError, ValueError):
        raise PaperRefused("paper_broken") from None
    if answer.refused:
        raise PaperRefused(answer.refused)
    pages: list[DrawnPage] = []
    at = 0
    for page in answer.pages:
        pages.append(DrawnPage(rest[at : at + page.size], page.text))
        at += page.size
    if not pages or len(rest) != at + answer.pdf:
        raise PaperRefused("paper_broken")
    return DrawnPaper(pages, rest[at:])


def join_pages(files: Sequence[bytes], pages: Sequence[tuple[int, int, int]]) -> bytes:
    """A new PDF of pages of PDFs: file, page and turn of each. Raises: PaperRefused."""
    plan = {"files": [len(each) for each in files], "pages": pages}
    made = _run("join", [msgspec.json.encode(plan) + b"\n", *files])
    if not made:
        raise PaperRefused("paper_broken")
    return made


def _run(work: str, parts: Sequence[bytes]) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own module, with a code of ours
            (*PROCESS, work),
            input=b"".join(parts),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=LIMIT_S,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PaperRefused("paper_slow") from None
    if done.returncode or len(done.stdout) > ANSWER_MAX:
        raise PaperRefused("paper_broken")
    return done.stdout
