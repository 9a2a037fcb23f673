"""The gate on declared dependencies, and that what is installed does not overwrite itself."""

from collections import Counter
from importlib import metadata
from pathlib import Path

import pytest

from lmhg_quality.dependencies import differences, main
from lmhg_quality.licences import PINS, pinned
from lmhg_quality.packages import folders


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package that imports what it declares."""
    (tmp_path / "src/planted").mkdir(parents=True)
    (tmp_path / "src/planted/__init__.py").write_text("import msgspec\n")
    declare(tmp_path, '"msgspec"')
    return tmp_path


def declare(folder: Path, dependencies: str) -> None:
    """Let a package ask for something."""
    text = f'[project]\nname = "planted"\nversion = "1"\ndependencies = [{dependencies}]\n'
    (folder / "pyproject.toml").write_text(text)


def test_the_gate_looks_at_every_package():
    """Seven; each has a source folder to look at."""
    assert {"contracts", "kit", "sync-relay", "stack", "quality"} <= {
        each.name for each in folders()
    }
    assert all((each / "src").is_dir() for each in folders())


def test_a_package_that_agrees_passes(package: Path):
    """Imports and declarations are the same."""
    assert main([package]) == 0


@pytest.mark.parametrize(
    ("declared", "rule"),
    [('"msgspec", "litestar"', "DEP002"), ("", "DEP003"), ('"litestar"', "DEP003")],
)
def test_unused_and_undeclared_are_named(package: Path, declared: str, rule: str):
    """What nobody imports, and what comes only because someone else asks for it."""
    declare(package, declared)
    assert rule in differences(package)
    assert main([package]) == 1


def owners(files: dict[str, list[str]]) -> list[str]:
    """Files of importable packages that two distributions claim."""
    counted = Counter(
        file for listed in files.values() for file in set(listed) if file.endswith((".py", ".so"))
    )
    return [file for file, count in counted.items() if count > 1]


def test_no_package_overwrites_another():
    """`caldav` brings a package that writes over urllib3: the version listed is not the one that runs."""
    names = {name for pins in PINS for name in pinned(pins)}
    installed = {
        name: [str(file) for file in metadata.distribution(name).files or ()] for name in names
    }
    assert "urllib3" in installed
    assert owners(installed) == []


def test_an_overwritten_file_is_seen():
    """As urllib3-future does it."""
    planted = {"urllib3": ["urllib3/util.py"], "urllib3-future": ["urllib3/util.py", "b.py"]}
    assert owners(planted) == ["urllib3/util.py"]
