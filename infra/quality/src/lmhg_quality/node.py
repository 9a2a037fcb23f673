"""Tools from npm, as the gates use them: in node_modules, run by the machine's Node or the wheel's."""

import shutil
import subprocess
import sys
from pathlib import Path

from lmhg_stack.repository import ROOT

MODULES = ROOT / "node_modules"
MISSING = "the tools of package.json are not installed; `make tools` installs them"


def node() -> str:
    """Node: the machine's own, else the environment's. Raises: FileNotFoundError when neither is."""
    found = shutil.which("node") or shutil.which("node", path=str(Path(sys.prefix) / "bin"))
    if found is None:
        raise FileNotFoundError(MISSING)
    return found


def module_file(path: str) -> Path:
    """A file of an installed npm package. Raises: FileNotFoundError when it is not there."""
    file = MODULES / path
    if not file.exists():
        raise FileNotFoundError(MISSING)
    return file


def run_node(file: Path, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A script under Node, to its end."""
    return subprocess.run(
        [node(), str(file), *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
