"""IntakeQ's call limits: so many a minute and a day, counted in sliding windows."""

from collections import deque
from collections.abc import Callable
from time import monotonic

MINUTE_S = 60.0
DAY_S = 86_400.0


class CallLimits:
    """Counts calls; refuses those over a limit. A refused call does not count."""

    def __init__(
        self, per_minute: int, per_day: int, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self.per_minute = per_minute
        self.per_day = per_day
        self.refused = 0
        self._clock = clock
        self._calls: deque[float] = deque()

    @property
    def used_today(self) -> int:
        """Calls of the last day."""
        self._forget(self._clock())
        return len(self._calls)

    def take(self) -> bool:
        """Count one call, or refuse it."""
        now = self._clock()
        self._forget(now)
        if len(self._calls) >= self.per_day or self._last_minute(now) >= self.per_minute:
            self.refused += 1
            return False
        self._calls.append(now)
        return True

    def reset(self) -> None:
        """Forget every call."""
        self._calls.clear()
        self.refused = 0

    def _forget(self, now: float) -> None:
        while self._calls and self._calls[0] <= now - DAY_S:
            self._calls.popleft()

    def _last_minute(self, now: float) -> int:
        count = 0
        for at in reversed(self._calls):
            if at <= now - MINUTE_S or count >= self.per_minute:
                break
            count += 1
        return count
