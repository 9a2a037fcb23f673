"""The page of what outsiders broke is read from the tests' marks."""

from pathlib import Path

import pytest

from lmhg_stack.docs import found


def test_mark_becomes_a_row(tmp_path: Path) -> None:
    """Row, promise, test and folder, as they stand in the source."""
    _write(tmp_path, '@pytest.mark.found("P1", "a cut ledger is refused")\ndef test_cut(): ...\n')
    assert found.kept(tmp_path) == [
        found.Kept("P1", "a cut ledger is refused", "test_cut", "one/tests")
    ]


@pytest.mark.parametrize("arguments", ['"P99", "unknown row"', '"P1"', "P1, promise"])
def test_mark_that_says_nothing_is_an_error(tmp_path: Path, arguments: str) -> None:
    """A row on no list, or a mark without its promise, is no evidence."""
    _write(tmp_path, f"@pytest.mark.found({arguments})\ndef test_cut(): ...\n")
    with pytest.raises(ValueError, match=r"test_one\.py:1"):
        found.kept(tmp_path)


def _write(root: Path, text: str) -> None:
    folder = root / "one" / "tests"
    folder.mkdir(parents=True)
    (folder / "test_one.py").write_text(text)
