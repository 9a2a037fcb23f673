"""A progress bar that is a bar on a terminal and a few lines elsewhere."""

import sys
from typing import TextIO

WIDTH = 40
PARTS = 5


class Progress:
    """Counts acts up to a known number."""

    def __init__(self, title: str, total: int, *, out: TextIO = sys.stdout) -> None:
        self._title = title
        self._total = max(total, 1)
        self._done = 0
        self._part = -1
        self._out = out

    def step(self, label: str) -> None:
        """One more is done."""
        self._done += 1
        if self._out.isatty():
            filled = WIDTH * self._done // self._total
            bar = "#" * filled + "." * (WIDTH - filled)
            self._out.write(f"\r  {self._title:<10} [{bar}] {self._done}/{self._total} {label:<16}")
            if self._done == self._total:
                self._out.write("\n")
        elif (part := PARTS * self._done // self._total) != self._part:
            self._part = part
            self._out.write(f"  {self._title:<10} {self._done}/{self._total}\n")
        self._out.flush()
