"""Where the dates of a ledger run backwards: named, and never a reason to leave an entry out.

Entries stand in the order of commits, so an entry may be a little older than the one before it. More
than that is a clock that was wrong, or a date that was made to be looked for elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lmhg_contracts.ledger.entries import timestamp
from lmhg_contracts.ledger.finding import Finding

BACKWARDS_FROM = timedelta(hours=1)
JUMPS_SHOWN = 10


@dataclass(frozen=True)
class Jump:
    """An entry that is dated long before the one right ahead of it."""

    n: int
    at: datetime
    """The date of the entry."""
    after: datetime
    """The date of the one ahead of it."""

    @property
    def sentence(self) -> str:
        """What is where."""
        said = f"entry {self.n} is dated {timestamp(self.at)}"
        return f"{said}, the one ahead of it {timestamp(self.after)}"


@dataclass
class Backwards:
    """Looks at one date after the other; entries that follow a jump in order are none."""

    jumps: list[Jump] = field(default_factory=list[Jump])
    count: int = 0
    _last: datetime | None = None

    def take(self, n: int, at: datetime) -> None:
        """The next entry's date."""
        last, self._last = self._last, at
        if last is None or last - at <= BACKWARDS_FROM:
            return
        self.count += 1
        if len(self.jumps) < JUMPS_SHOWN:
            self.jumps.append(Jump(n, at, last))

    def remarks(self) -> tuple[Finding, ...]:
        """Each jump in a sentence, and how many more there are."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[Finding]:
        for jump in self.jumps:
            yield Finding("dates_backwards", f"dates run backwards: {jump.sentence}")
        if self.count > len(self.jumps):
            more = self.count - len(self.jumps)
            yield Finding("dates_backwards", f"dates run backwards at {more} more places")
