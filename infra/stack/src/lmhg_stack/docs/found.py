"""docs/compliance/found-and-mended.md: what outsiders broke, and the tests that keep it mended.

A test that keeps a row carries `@pytest.mark.found("P1", "what holds now, as one clause")`. Several marks
on one test are several rows. The marks are read from the source, so nothing has to run for the page.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lmhg_stack.repository import ROOT

SECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "P": ("The proof: ledgers, verifier, statement", tuple(f"P{n}" for n in range(1, 9))),
    "W": ("The wall and two people", tuple(f"W{n}" for n in range(1, 10))),
    "I": ("Intake", tuple(f"I{n}" for n in range(1, 8))),
    "AR": ("The relay says what is wrong", tuple(f"AR{n}" for n in range(1, 5))),
    "A": ("Identity", tuple(f"A{n}" for n in range(1, 12))),
    "a": (
        "Screening",
        tuple(
            f"a{n}"
            for n in (
                1,
                5,
                6,
                7,
                8,
                9,
                10,
                11,
                17,
                18,
                19,
                20,
                21,
                22,
                23,
                24,
                25,
                26,
                27,
                28,
                29,
                30,
            )
        ),
    ),
    "b": ("Client search", tuple(f"b{n}" for n in (2, 4, 5, 7, 8, 9, 10, 11, 14))),
    "c": ("Webhooks", tuple(f"c{n}" for n in (1, 3, 4, 5, 6, 7))),
    "d": ("OpenID Connect", tuple(f"d{n}" for n in (1, 3, 4, 5, 6, 7, 8, 9))),
    "e": ("Tickets and pages", tuple(f"e{n}" for n in range(2, 8))),
    "f": ("Calendar", tuple(f"f{n}" for n in range(1, 5))),
    "g": ("Ledger verifier", tuple(f"g{n}" for n in range(1, 4))),
    "h": ("Outbox and NATS", tuple(f"h{n}" for n in (1, 2, 4))),
    "i": ("Schema", ("i1",)),
    "t": (
        "Tests that did not show what they claimed",
        ("t9", "t14", "t18", "t20", "t21", "t24", "t25"),
    ),
}
"""Every row that outsiders found, by the list that it is in."""


WAITING: dict[str, str] = {
    "W6": "waits until grants are generated from what each table declares",
}
"""Rows that are not mended yet, and why."""
PARTLY: dict[str, str] = {
    "W1": "released text can be changed by who may write it; it is screened again and crosses",
    "P8": "an incident's code and subject are held by no rule of the database yet",
    "W7": "the relay's lock can still be taken by another role; it says so within 30 seconds",
    "W8": "not every array and argument has a bound yet",
}
"""Rows of which a part still waits."""


class Kept(NamedTuple):
    """One mark: the row, what holds now, and the test that says so."""

    row: str
    promise: str
    test: str
    path: str


def kept(root: Path = ROOT) -> list[Kept]:
    """Every mark of every test, in the order of files.

    Raises: ValueError for a mark whose row is on no list, or that is not two literal texts.
    """
    tops = [
        one
        for one in root.iterdir()
        if one.is_dir() and one.name[0] != "." and one.name != "node_modules"
    ]
    paths = sorted(path for top in tops for path in top.glob("**/tests/**/test_*.py"))
    return [mark for path in paths for mark in _marks(path, root)]


def reference() -> str:
    """docs/compliance/found-and-mended.md."""
    marks = kept()
    lines = [
        "# What outsiders broke, and the tests that keep it mended",
        "",
        (
            "Each row was broken by an attack, by a second verifier, by an input from somebody else's"
            " bug report, or by a stranger at the screen. The test in the last column was seen to fail"
            " before the mend. Written by `make docs` from the tests' `found` marks."
        ),
    ]
    for title, rows in SECTIONS.values():
        lines += ["", f"## {title}", "", "| row | what holds now | test |", "| --- | --- | --- |"]
        for row in rows:
            mine = [mark for mark in marks if mark.row == row]
            lines += [f"| {row} | {mark.promise} | `{mark.test}` ({mark.path}) |" for mark in mine]
            if not mine:
                lines.append(f"| {row} | *{WAITING.get(row, 'not mended yet')}* | |")
            if row in PARTLY:
                lines.append(f"| {row} | *still waits: {PARTLY[row]}* | |")
    return "\n".join(lines)


def _marks(path: Path, root: Path) -> Iterator[Kept]:
    text = path.read_text()
    if "mark.found(" not in text:
        return
    relative = path.relative_to(root)
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            if (
                isinstance(decorator, ast.Call)
                and ast.unparse(decorator.func) == "pytest.mark.found"
            ):
                row, promise = _two_texts(decorator, relative)
                yield Kept(row, promise, node.name, str(relative.parent))


def _two_texts(call: ast.Call, path: Path) -> tuple[str, str]:
    values = [one.value for one in call.args if isinstance(one, ast.Constant)]
    match values:
        case [str(row), str(promise)] if row in _rows():
            return row, re.sub(r"\s+", " ", promise).replace("|", "\\|")
        case _:
            message = f"{path}:{call.lineno}: found() wants a row of a list and one clause"
            raise ValueError(message)


def _rows() -> frozenset[str]:
    return frozenset(row for _, rows in SECTIONS.values() for row in rows)
