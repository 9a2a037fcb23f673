"""How far the reading of whole ledgers is: lines are counted, and told every half second."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

REPORT_EVERY_S = 0.5


@dataclass
class Meter:
    """Lines that went in and came out, of those that are expected."""

    total: int
    lines: int = 0

    @property
    def permille(self) -> int:
        """How far it is; whole only when someone says that it is done."""
        return min(999, 1000 * self.lines // max(self.total, 1))


class Counted:
    """A file whose lines a meter counts."""

    def __init__(self, file: BinaryIO, meter: Meter) -> None:
        self._file = file
        self._meter = meter

    def write(self, data: bytes) -> int:
        """Write one line."""
        self._meter.lines += 1
        return self._file.write(data)

    def readline(self, limit: int = -1) -> bytes:
        """Read one line."""
        self._meter.lines += 1
        return self._file.readline(limit)

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes."""
        return self._file.read(size)

    def seek(self, place: int) -> int:
        """Go to a place; 0 is the start."""
        return self._file.seek(place)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


@asynccontextmanager
async def telling(meter: Meter, tell: Callable[[int], Awaitable[None]]) -> AsyncIterator[None]:
    """Tell how far it is, every half second, until the block ends."""

    async def report() -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            await tell(meter.permille)

    reporting = asyncio.create_task(report())
    try:
        yield
    finally:
        reporting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reporting
