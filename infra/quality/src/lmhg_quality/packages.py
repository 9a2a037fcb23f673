"""Our packages, by folder: each has a pyproject.toml, `src`, and perhaps migrations."""

import tomllib
from pathlib import Path
from typing import Any

from lmhg_stack.repository import ROOT


def folders() -> tuple[Path, ...]:
    """Every package of the workspace, as the root's pyproject.toml lists them."""
    return tuple(ROOT / each for each in _workspace()["members"])


def _workspace() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["workspace"]
