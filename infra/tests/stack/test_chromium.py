"""Which browser is driven: the machine's own, else the one that npm brought, else none."""

from pathlib import Path

import pytest

from lmhg_stack import chromium


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty PATH, and nothing brought by npm yet; where that would be."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(chromium, "UNPACKED", tmp_path / "unpacked")
    (tmp_path / "bin").mkdir()
    (tmp_path / "unpacked").mkdir()
    return tmp_path


def test_a_bare_machine_is_told_what_brings_a_browser(bare: Path):
    """Nothing is skipped for want of one: a test that needs it fails with the command."""
    with pytest.raises(FileNotFoundError, match="make browser"):
        chromium.executable()
    assert chromium.main() == 1


def test_the_one_from_npm_comes_with_its_libraries_and_font(bare: Path):
    """A bare machine has neither."""
    ours = bare / "unpacked/chromium"
    ours.touch()
    assert chromium.executable() == str(ours)
    assert chromium.main() == 0
    found = chromium.environment()
    assert (found["LD_LIBRARY_PATH"], found["FONTCONFIG_PATH"]) == (
        str(bare / "unpacked/lib"),
        str(bare / "unpacked"),
    )


def test_the_machines_own_goes_first_with_its_own_libraries(bare: Path):
    """Debian's is what the machine keeps up to date."""
    (bare / "unpacked/chromium").touch()
    own = bare / "bin/chromium-browser"
    own.touch(mode=0o755)
    assert chromium.executable() == str(own)
    assert "FONTCONFIG_PATH" not in chromium.environment()
