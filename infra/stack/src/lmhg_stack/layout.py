"""Where a stack keeps things, all under one folder (`.lmhg/` for `make up`)."""

from dataclasses import dataclass
from pathlib import Path

from lmhg_stack.keys import Keys
from lmhg_stack.repository import ROOT

DEFAULT_FOLDER = ROOT / ".lmhg"


@dataclass(frozen=True)
class Layout:
    """The paths of one stack."""

    folder: Path
    site: str = "s1"

    @property
    def keys(self) -> Keys:
        """Every secret."""
        return Keys(self.folder / "keys", site=self.site)

    @property
    def data(self) -> Path:
        """What the servers keep."""
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        """One file a process."""
        return self.folder / "logs"

    @property
    def run(self) -> Path:
        """Locks, process ids and wishes: state that dies with the processes."""
        return self.folder / "run"

    @property
    def stack_file(self) -> Path:
        """What scripts and tests read: addresses, database URLs, key files, logins."""
        return self.folder / "stack.json"

    @property
    def ports_file(self) -> Path:
        """The ports of this stack, kept so that a restart has the same."""
        return self.folder / "ports.json"

    @property
    def opened(self) -> Path:
        """There once the demo practice has its past."""
        return self.data / "opened"

    def log(self, name: str) -> Path:
        """The log of one process."""
        return self.logs / f"{name}.log"
