"""A throw-away copy of this checkout, in which what is imported is the copy.

The environment's packages are linked, not copied; ours are found in the copy by a path file of its own,
so neither the copy nor a process that it starts can reach the code of the checkout that it came from.
"""

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lmhg_quality.packages import folders
from lmhg_stack.process import base_env
from lmhg_stack.repository import ROOT

OURS = "lmhg_"
EDITABLE = "_editable_impl_lmhg_"


@dataclass(frozen=True)
class Trial:
    """A copy of the checkout with an environment of its own."""

    root: Path

    @property
    def bin(self) -> Path:
        """The programs of its environment."""
        return self.root / ".venv/bin"

    def run(self, *argv: str | Path) -> subprocess.CompletedProcess[str]:
        """A command in the copy, a program of its environment by name; nothing is raised."""
        program = self.bin / argv[0]
        first = str(program if program.exists() else argv[0])
        env = {**base_env(), "PYTHONDONTWRITEBYTECODE": "1"}
        env["PATH"] = f"{env['PATH']}:{self.bin}"
        return subprocess.run(
            [first, *map(str, argv[1:])],
            cwd=self.root, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def changed(self) -> tuple[list[str], list[str]]:
        """Files that were changed since the copy was made, and files that are new."""
        lines = self.run("git", "status", "--porcelain", "--untracked-files=all").stdout
        each = [(line[:2].strip(), line[3:]) for line in lines.splitlines()]
        changed = [path for state, path in each if state != "??"]
        return changed, [path for state, path in each if state == "??"]


def copy(to: Path) -> Trial:
    """A copy of what git would keep of this checkout, committed there as its first commit."""
    for path in _kept():
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    (to / "node_modules").symlink_to(ROOT / "node_modules")
    _environment(to / ".venv", [to / folder.relative_to(ROOT) / "src" for folder in folders()])
    made = Trial(to)
    who = ("-c", "user.name=trial", "-c", "user.email=trial@lmhg.test")
    (to / ".git/info").mkdir(parents=True)
    (to / ".git/info/exclude").write_text("node_modules\n.venv\n")
    for step in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "trial")):
        subprocess.run(["git", *step], cwd=to, check=True)
    return made


def _kept() -> Iterator[str]:
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    yield from (name for name in names.split("\0") if name and (ROOT / name).is_file())


def _environment(venv: Path, sources: Sequence[Path]) -> None:
    """An environment with this one's packages, and ours from these folders."""
    packages = Path(sysconfig.get_path("purelib"))
    own = venv / packages.relative_to(sys.prefix)
    own.mkdir(parents=True)
    for found in packages.iterdir():
        is_info = found.name.endswith(".dist-info")
        if not found.name.startswith(EDITABLE) and (is_info or not found.name.startswith(OURS)):
            (own / found.name).symlink_to(found)
    (own / "trial.pth").write_text("".join(f"{source}\n" for source in sources))
    shutil.copy2(Path(sys.prefix) / "pyvenv.cfg", venv)
    (venv / "bin").mkdir()
    for program in (Path(sys.prefix) / "bin").iterdir():
        _put_program(program, venv / "bin" / program.name)


def _put_program(program: Path, to: Path) -> None:
    """A program of the environment, in the other one: a script names the interpreter beside it."""
    if program.is_symlink():
        to.symlink_to(program.resolve())
        return
    with program.open("rb") as file:
        is_script = file.read(2) == b"#!"
    if not is_script:
        to.symlink_to(program)
        return
    text = program.read_text().replace(str(Path(sys.prefix)), str(to.parents[1]))
    to.write_text(text)
    to.chmod(program.stat().st_mode)
