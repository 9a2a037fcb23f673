"""What no linter knows: limits, guards, classes, settings, reasons. Each check is seen to fail."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FILE_LINES = 400
FUNCTION_LINES = 60
SUPPRESSION = re.compile(r"#\s*(noqa|pyright:\s*ignore|type:\s*ignore|pragma)\b")
REASON = re.compile(
    r"#\s*(?:noqa:\s*[A-Z0-9, ]+|pyright:\s*ignore\[[\w, ]+\]|type:\s*ignore\[[\w, -]+\]).*?(?:\s-\s\S.{5,}|$)"
)
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
MACHINE = re.compile(re.escape(str(ROOT)))
HOST = re.compile(r"https?://(?:[\w.-]*\.)?(?:pypi\.org|pythonhosted\.org|npmjs\.org|npmjs\.com)")


def listed(folder: Path) -> list[Path]:
    """What a repository holds or would take in with the next commit."""
    argv = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=True).stdout
    return [folder / name for name in names.splitlines()]


def tracked(*suffixes: str) -> list[Path]:
    """Files of the repository with these suffixes, the uncommitted ones included."""
    return sorted(path for path in listed(ROOT) if path.suffix in suffixes and path.is_file())


PYTHON = [path for path in tracked(".py") if "migrations/versions" not in str(path)]
SOURCES = [path for path in PYTHON if "/src/" in str(path)]


def long_functions(source: str) -> list[str]:
    """Functions over the limit."""
    nodes = ast.walk(ast.parse(source))
    functions = (n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno + 1 > FUNCTION_LINES]


def bare_suppressions(source: str) -> list[int]:
    """Lines whose suppression names no rule or no reason."""
    found: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and SUPPRESSION.search(token.string):
            named = re.search(r"noqa:\s*[A-Z]|ignore\[", token.string)
            reasoned = " - " in token.string
            if not named or not (reasoned or "type: ignore" in token.string):
                found.append(token.start[0])
    return found


def named(path: Path) -> str:
    """A path as a message shows it."""
    return str(path.relative_to(ROOT))


def test_files_and_functions_stay_small() -> None:
    """A file has one subject, a function one job."""
    long_files = [named(path) for path in PYTHON if len(path.read_text().splitlines()) > FILE_LINES]
    functions = [
        f"{named(path)}:{name}" for path in PYTHON for name in long_functions(path.read_text())
    ]
    assert (long_files, functions) == ([], [])
    assert long_functions("def f():\n" + "    x = 1\n" * FUNCTION_LINES) == ["f"]


def test_suppressions_carry_a_reason() -> None:
    """Anyone who silences a rule says why."""
    bare = [
        f"{named(path)}:{line}" for path in PYTHON for line in bare_suppressions(path.read_text())
    ]
    assert bare == []
    assert bare_suppressions("x = 1  # noqa: S105\n") == [1]
    assert bare_suppressions("x = 1  # noqa: S105 - a name, no password\n") == []


def test_nothing_is_left_for_later() -> None:
    """No stub, no placeholder, no note to self."""
    here = Path(__file__)
    left = [named(path) for path in PYTHON if path != here and LEFT_OVER.search(path.read_text())]
    assert left == []
    assert LEFT_OVER.search("# TODO: more")


def test_no_path_of_a_machine_and_no_download_host() -> None:
    """A clone works anywhere, from whatever mirror a practice has."""
    texts = tracked(
        ".py",
        ".md",
        ".txt",
        ".in",
        ".sh",
        ".toml",
        ".yaml",
        ".yml",
        ".json",
        ".conf",
        ".service",
        ".sql",
        ".html",
        ".js",
        ".css",
        "",
    )
    here = Path(__file__)
    paths = [
        named(path)
        for path in texts
        if path != here and MACHINE.search(path.read_text(errors="replace"))
    ]
    hosts = [
        named(path)
        for path in texts
        if path != here and HOST.search(path.read_text(errors="replace"))
    ]
    assert (paths, hosts) == ([], [])
    assert MACHINE.search(f"cd {ROOT}/x")
    assert HOST.search("https://pypi.org/simple")
    assert not (ROOT / "uv.lock").exists() or "uv.lock" in (ROOT / ".gitignore").read_text()


def test_no_link_is_taken_in(tmp_path: Path) -> None:
    """A link leads to a place of one machine, and on every other one to nothing."""
    assert [named(path) for path in listed(ROOT) if path.is_symlink()] == []
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "tools").symlink_to("/nowhere/tools")
    assert [path for path in listed(tmp_path) if path.is_symlink()]


def test_every_package_module_has_a_promise() -> None:
    """The first line of a file says what it is for."""
    missing = [
        named(path)
        for path in PYTHON
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert missing == []


def tables(plane: str) -> Iterator[object]:
    """Every mapped table of a plane, in a process of its own: both share one metadata."""
    argv = [
        str(ROOT / ".venv/bin/python"),
        "-c",
        f"import lmhg_{plane}.database as d\nfrom lmhg_kit.persistence.columns import classes_of\n[print(t.fullname, sorted(set(classes_of(t).values()))) for t in d.PLAN.tables()]",
    ]
    yield from subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()


def test_cloud_tables_hold_no_phi_column() -> None:
    """In the cloud no column can hold PHI; the gateway has some, so the check can fail."""
    assert not [row for row in tables("portal") if "PHI" in str(row)]
    assert [row for row in tables("gateway") if "PHI" in str(row)]


def test_column_without_a_class_does_not_import() -> None:
    """A forgotten class stops the import, not a review."""
    from sqlalchemy import Column, Integer, MetaData, Table

    from lmhg_kit.persistence.records import check_classified

    metadata = MetaData()
    Table("careless", metadata, Column("id", Integer))
    with pytest.raises(TypeError, match=r"careless\.id has no data class"):
        check_classified(metadata)


def test_adr_numbers_are_unique_and_in_their_titles() -> None:
    """ADR 0007 is called 0007 everywhere."""
    numbers: list[str] = []
    for path in sorted((ROOT / "docs/adr").glob("*.md")):
        number = path.name[:4]
        numbers.append(number)
        assert path.read_text().startswith(f"# {number} "), named(path)
    assert numbers
    assert len(numbers) == len(set(numbers))
