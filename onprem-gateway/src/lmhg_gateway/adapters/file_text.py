"""Reads the text of a file in a process of its own, which has little memory, little time and no secrets."""

import subprocess
import sys
from typing import Annotated

import msgspec

PROCESS = (sys.executable, "-I", "-m", "lmhg_gateway.adapters.read_text")
LIMIT_S = 90.0
"""How long it may take by the clock; its processor time it bounds itself."""
ANSWER_MAX = 32 * 1024 * 1024
PARTS_MAX = 4_000
Part = Annotated[str, msgspec.Meta(max_length=12_000)]


class FileText(msgspec.Struct, frozen=True):
    """What a file says, page by page; `is_whole` where all that it shows is in them."""

    pages: Annotated[list[Part], msgspec.Meta(max_length=PARTS_MAX)] = []
    is_whole: bool = False


UNREAD = FileText()
"""Of a file whose text nobody can read but by eye."""


def read_text(kind: str, data: bytes) -> FileText:
    """The text of a file; `UNREAD` where it has none that can be read within the bounds."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module, with a code of ours
            (*PROCESS, kind),
            input=data,
            capture_output=True,
            timeout=LIMIT_S,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return UNREAD
    if done.returncode or len(done.stdout) > ANSWER_MAX:
        return UNREAD
    try:
        found = msgspec.json.decode(done.stdout, type=FileText)
    except (msgspec.DecodeError, ValueError):
        return UNREAD
    has_text = any(page.strip() for page in found.pages)
    return FileText(found.pages, found.is_whole and has_text) if has_text else UNREAD
