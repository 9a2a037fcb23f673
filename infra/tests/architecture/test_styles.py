"""What templates name exists: each icon is in the sprite, and the stylesheet is what its sources say."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from lmhg_kit.ui.sprite import icon_names
from lmhg_quality.node import module_file
from lmhg_stack.repository import ROOT

PLACES = ("shared-contracts/kit/src", "onprem-gateway/src", "cloud-portal/src")
CALL = re.compile(
    r"""ui\.icon\(\s*"([^"]*)"|\bicon=["']([^"']*)["']|\bicon:\s*str\s*=\s*"([^"]*)\""""
)
"""An icon by its name: in a template's call, as an argument of a component, or of an entry in Python."""
UI = Path("shared-contracts/kit/src/lmhg_kit/ui")


def unknown_icons(files: Iterable[tuple[str, str]]) -> list[str]:
    """Each name that is not in the sprite, with where it is. A name that is computed is not seen."""
    known = icon_names() | {""}
    return [
        f"{where}: {name}"
        for where, text in files
        for found in CALL.finditer(text)
        if (name := next((each for each in found.groups() if each is not None), "")) not in known
    ]


def sources() -> list[tuple[str, str]]:
    """Every template and module of what runs."""
    paths = (path for place in PLACES for path in sorted((ROOT / place).rglob("*")))
    wanted = (path for path in paths if path.suffix in {".html", ".py"})
    return [(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in wanted]


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    """A misspelt one would fail only when its page is opened, perhaps in a state that no test shows."""
    found = sources()
    assert sum(len(CALL.findall(text)) for _, text in found) > 100
    assert unknown_icons(found) == []


@pytest.mark.parametrize(
    "text",
    [
        '{{ ui.icon("hoem") }}',
        '{{ ui.button("Go", icon="hoem") }}',
        'NavItem(label="Home", icon="hoem")',
    ],
)
def test_the_scan_sees_a_misspelt_icon(text: str) -> None:
    """In each of the ways in which one is named."""
    assert unknown_icons([("planted", text)]) == ["planted: hoem"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the styles are built from, to be spoilt."""
    module_file("lightningcss/package.json")
    for place in (*PLACES, "infra/styles.sh", "infra/styles.mjs"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / place).is_dir():
            shutil.copytree(ROOT / place, tmp_path / place)
        else:
            shutil.copy2(ROOT / place, tmp_path / place)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def checked(folder: Path) -> tuple[int, str]:
    """The styles gate in a folder: how it ends, and what it says."""
    argv = ["bash", str(folder / "infra/styles.sh"), "--check"]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_styles_gate_closes(copy: Path) -> None:
    """It lets the committed files pass, and names the one that is not what its sources say."""
    assert checked(copy)[0] == 0
    with (copy / UI / "styles/tokens.css").open("a") as tokens:
        tokens.write(":root { --planted: 1px; }\n")
    assert "app.css is not what its sources say" in checked(copy)[1]
    shutil.copy2(ROOT / UI / "styles/tokens.css", copy / UI / "styles/tokens.css")
    with (copy / UI / "static/htmx.js").open("a") as htmx:
        htmx.write("// planted\n")
    status, said = checked(copy)
    assert (status, "htmx.js is not what" in said) == (1, True)
