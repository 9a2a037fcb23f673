"""Notices after a step: one that names whose record it was is told it, wherever it is said."""

import ast
from collections.abc import Iterator
from pathlib import Path

import lmhg_gateway.features
from lmhg_gateway.feature_list import FEATURES
from lmhg_kit.http.page import WHO, told

FOLDER = Path(lmhg_gateway.features.__path__[0])
NAMING = {code for each in FEATURES for code, said in each.notices.items() if WHO in said}


def unnamed(text: str, codes: set[str]) -> Iterator[str]:
    """Ends of steps that say one of these notices, or one that is computed, of no one."""
    for each in ast.walk(ast.parse(text)):
        if not isinstance(each, ast.Call) or getattr(each.func, "id", "") != "Done":
            continue
        if len(each.args) < 2 or any(one.arg == "about" for one in each.keywords):
            continue
        code = each.args[1]
        if isinstance(code, ast.Constant) and code.value in codes:
            yield str(code.value)
        elif isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
            begins = str(code.values[0].value)
            yield from (one for one in codes if one.startswith(begins))


def test_every_notice_that_names_someone_is_told_whom() -> None:
    """Someone who notes ten calls in a row sees which one was noted."""
    assert NAMING
    found = {
        f"{path.parent.name}/{path.name}": names
        for path in sorted(FOLDER.glob("*/*.py"))
        if (names := sorted(set(unnamed(path.read_text(), NAMING))))
    }
    assert found == {}


def test_a_notice_of_no_one_is_found() -> None:
    """The negative control; a notice that names no one needs nobody."""
    codes = {"contact.reached"}
    assert list(unnamed('Done("/", "contact.reached")', codes)) == ["contact.reached"]
    assert list(unnamed('Done("/", f"contact.{made}")', codes)) == ["contact.reached"]
    assert list(unnamed('Done("/", "contact.reached", about=client_id)', codes)) == []
    assert list(unnamed('Done("/", "rules.saved")', codes)) == []


def test_notice_without_a_number_still_reads() -> None:
    """A sentence never shows its own blank."""
    assert told("Noted for {who}: reached.", "C-2F7K") == "Noted for C-2F7K: reached."
    assert told("Noted for {who}: reached.", "") == "Noted: reached."
    assert told("{who} is back in line.", "") == "This client is back in line."
    assert told(None, "C-2F7K") is None
