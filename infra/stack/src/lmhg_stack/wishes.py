"""What someone outside wants of the supervisor: a process stopped, or run with other settings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Wish:
    """The wish for one process."""

    stopped: bool = False
    env: Mapping[str, str] = field(default_factory=dict[str, str])


NONE = Wish()


@dataclass(frozen=True)
class Wishes:
    """The file of wishes; the supervisor looks at it often."""

    file: Path

    def read(self) -> dict[str, Wish]:
        """The wishes, by process name."""
        try:
            known: dict[str, dict[str, Any]] = json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return {name: Wish(**wish) for name, wish in known.items()}

    def stamp(self) -> int:
        """Changes when the wishes change."""
        try:
            return self.file.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def put(self, name: str, wish: Wish) -> None:
        """Wish something for one process; `NONE` takes the wish back."""
        known = self.read()
        known.pop(name, None)
        if wish != NONE:
            known[name] = wish
        rows = {key: {"stopped": one.stopped, "env": dict(one.env)} for key, one in known.items()}
        fresh = self.file.with_suffix(".fresh")
        fresh.write_text(json.dumps(rows))
        fresh.rename(self.file)
