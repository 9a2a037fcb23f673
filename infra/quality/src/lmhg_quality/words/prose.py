"""Documents and docstrings: they may use the field's terms, and lose the same idioms."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lmhg_quality.words.rules import IDIOMS
from lmhg_quality.words.saying import place
from lmhg_stack.repository import ROOT

EXCUSED = ("docs/adr/", "docs/compliance/", "docs/reference/", "CHANGELOG.md", "/words/")
"""Decisions and findings as they were taken down then, what is generated, and the rules themselves."""
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def in_text(text: str) -> list[str]:
    """The idioms of a text, outside its code."""
    plain = _CODE.sub("", text)
    return [found[0] for rule in IDIOMS for found in rule.pattern.finditer(plain)]


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """The docstrings of a module, those of values included, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                yield node.lineno, text


def written() -> list[Path]:
    """The documents and modules that the repository holds."""
    argv = ["git", "ls-files", "*.md", "*.py"]
    names = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines()]


def findings(files: list[Path]) -> list[str]:
    """Where documents and docstrings say something in an idiom."""
    found: list[str] = []
    for file in files:
        name = place(file, ROOT)
        if any(part in name for part in EXCUSED):
            continue
        if file.suffix == ".md":
            found += [f"{name}: “{word}”" for word in in_text(file.read_text())]
        else:
            for line, text in docstrings(file.read_text()):
                found += [f"{name}:{line}: “{word}”" for word in in_text(text)]
    return found
