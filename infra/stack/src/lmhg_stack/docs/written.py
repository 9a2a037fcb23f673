"""Generated files: written, or only compared with what is committed."""

from collections.abc import Iterable
from typing import NamedTuple

from lmhg_stack.repository import ROOT


class Document(NamedTuple):
    """A generated file: its path in the repository and what it must say."""

    path: str
    text: str


def settle(documents: Iterable[Document], *, is_check: bool, command: str) -> int:
    """Write what differs, or only name it: the exit status, 1 when a comparison failed."""
    different: list[str] = []
    for document in documents:
        file = ROOT / document.path
        text = document.text.rstrip() + "\n"
        if file.exists() and file.read_text() == text:
            continue
        different.append(document.path)
        if not is_check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    for path in different:
        print(f"{'differs' if is_check else 'written'}: {path}")
    if is_check and different:
        print(f"run `{command}` and commit what it writes")
        return 1
    return 0
