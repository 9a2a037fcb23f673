"""`python -m lmhg_quality.dependencies`: every package declares what it imports, and nothing else."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from lmhg_quality.packages import folders

PLACES = ("src", "migrations")


def differences(folder: Path) -> str:
    """What deptry says of one package's folder; nothing when imports and declarations agree."""
    places = [place for place in PLACES if (folder / place).is_dir()]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("deptry")), "--no-ansi", *places],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


def main(packages: Iterable[Path]) -> int:
    """Print each package that differs; the exit status."""
    found = {folder: differences(folder) for folder in packages}
    for folder, said in found.items():
        if said:
            print(f"{folder.name}:\n{said}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(folders()))
