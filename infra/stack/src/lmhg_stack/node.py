"""Tools from npm, as the gates use them: found in node_modules, or said to be missing."""

import shutil
import subprocess
from pathlib import Path

from lmhg_stack.repository import ROOT

MODULES = ROOT / "node_modules"
MISSING = "the tools of package.json are not installed: this machine has no Node, or `make test` was not used"


def module_file(path: str) -> Path | None:
    """A file of an installed npm package, if it is there."""
    file = MODULES / path
    return file if shutil.which("node") and file.exists() else None


def run_node(file: Path, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A script under Node, to its end."""
    node = shutil.which("node") or "node"
    return subprocess.run(
        [node, str(file), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
