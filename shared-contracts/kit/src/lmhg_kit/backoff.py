"""How long something that failed waits before it is tried again, and when trying ends. Pure."""

from dataclasses import dataclass
from datetime import timedelta

DOUBLINGS_MAX = 16
"""More than this and the longest wait has long been reached."""


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Waits that double, up to a longest one; after so many attempts a person decides."""

    first_s: int
    most_s: int
    attempts_max: int

    def wait(self, attempts: int) -> timedelta:
        """How long to wait after this many attempts."""
        doublings = min(max(attempts, 1) - 1, DOUBLINGS_MAX)
        return timedelta(seconds=min(self.most_s, self.first_s * 2**doublings))

    def is_over(self, attempts: int) -> bool:
        """Whether it was tried often enough."""
        return attempts >= self.attempts_max

    def in_sql(self, attempts: str) -> str:
        """The same wait as an SQL interval, by the column that counts attempts made before this one."""
        return (
            f"least({self.most_s}, {self.first_s} * power(2, least({attempts}, {DOUBLINGS_MAX})))"
            " * interval '1 second'"
        )
