"""One thing that a person reads, and where it is in the source."""

import re
from dataclasses import dataclass
from pathlib import Path

GAP = "…"
"""Where a value is put in."""

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[A-Za-z][a-z']+")
_SQL = re.compile(
    r"^(select|insert|update|delete|with|alter|create|grant|drop|set|lock)\b.*", re.DOTALL
)
_CODE = re.compile(r"[{}<>=|`\\@$]|::|\.\*|\(\?|^[/.&%*+-]|%\(|^\w+[:.]\S|\w\(\w|\)$.*_")
_LABEL = re.compile(r"[A-Z][a-z]*(?:[-'][A-Za-z]+)*[.!?…]?")
_SHORTEST = 2


@dataclass(frozen=True, order=True)
class Saying:
    """A text as people read it; `technical` where it is behind "Technical details" or on a page for auditors."""

    text: str
    file: str
    line: int
    technical: bool = False


def tidy(text: str) -> str:
    """One line, single spaces."""
    return _SPACE.sub(" ", text).strip()


def is_prose(text: str) -> bool:
    """Whether a constant of a program is something to read: words, not a code, a path, a query or a pattern."""
    text = tidy(text)
    if _SQL.match(text) or text.startswith("process: ") or _CODE.search(text.replace(GAP, "")):
        return False
    if " " not in text:
        return bool(_LABEL.fullmatch(text))
    return len(_WORD.findall(text)) >= _SHORTEST


def place(file: Path, root: Path) -> str:
    """A file's name in the repository."""
    return file.relative_to(root).as_posix()
