"""The table of `make coverage`: what nothing ran is named, and a process that was started counts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lmhg_quality.covered import Share, main, read, table
from lmhg_stack.process import base_env

PACKAGE = "lmhg_kit"


def summary(lines: int, lines_run: int, branches: int, branches_run: int) -> dict[str, object]:
    """One file, as `coverage json` writes it."""
    return {
        "summary": {
            "num_statements": lines,
            "covered_lines": lines_run,
            "num_branches": branches,
            "covered_branches": branches_run,
        }
    }


REPORT = {
    "files": {
        f"a/src/{PACKAGE}/good.py": summary(8, 8, 2, 2),
        f"a/src/{PACKAGE}/bad.py": summary(8, 4, 2, 1),
        "b/src/lmhg_relay/plain.py": summary(3, 3, 0, 0),
    }
}


def test_packages_are_summed_and_the_worst_file_comes_first() -> None:
    """Lines and branches apart: one number would hide a guard whose refusal nobody tried."""
    rows = list(table(read(REPORT)))
    assert f"| `{PACKAGE}` | 75.0 % of 16 | 75.0 % of 4 |" in rows
    assert "| `lmhg_relay` | 100.0 % of 3 | - of 0 |" in rows
    files = [row for row in rows if ".py" in row]
    assert files[0] == f"| `a/src/{PACKAGE}/bad.py` | 50.0 % of 8 | 50.0 % of 2 |"
    assert Share(8, 4, 2, 1).missing == 5


def test_a_started_process_is_measured(tmp_path: Path) -> None:
    """A child with the environment that every child of a test gets; its parent is left out."""
    child, parent, settings = (tmp_path / name for name in ("child.py", "parent.py", "rc.toml"))
    child.write_text("print('ran')\n")
    parent.write_text(
        "import subprocess, sys\nfrom lmhg_stack.process import base_env\n"
        f"subprocess.run([sys.executable, {str(child)!r}], env=base_env(), check=True)\n"
    )
    settings.write_text("[tool.coverage.run]\npatch = ['subprocess']\ninclude = ['*/child.py']\n")

    def run(*argv: str) -> str:
        env = {**base_env(), "COVERAGE_PROCESS_CONFIG": "", "COVERAGE_RCFILE": str(settings)}
        argv = (sys.executable, *argv)
        return subprocess.run(
            argv, cwd=tmp_path, env=env, check=True, capture_output=True, text=True
        ).stdout

    run(str(parent))
    assert list(tmp_path.glob(".coverage*")) == []
    run("-m", "coverage", "run", str(parent))
    run("-m", "coverage", "combine")
    assert "child.py" in run("-m", "coverage", "report")


def test_the_table_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last step reads the file that the step before wrote."""
    file = tmp_path / "report.json"
    file.write_text(json.dumps(REPORT))
    assert main([str(file)]) == 0
    assert "| all |" in capsys.readouterr().out
