"""Where a feature says how long its records are kept: a line of the practice's schedule."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RetentionLine:
    """One line of the schedule: what it is about, and when its clock starts.

    `least` is what the law asks at least; where it is not 0 it also counts until the practice sets more.
    """

    code: str
    title: str
    clock: str
    """What starts the clock, as people say it."""
    order: int
    least: int = 0
    after: str = ""
    """What happens once the time is over, where no batch disposes of it."""
    is_settable: bool = True
    """Whether the practice sets the years."""
