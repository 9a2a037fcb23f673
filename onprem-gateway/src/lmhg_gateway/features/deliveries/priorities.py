"""Who may call IntakeQ when calls are few: each class keeps some free for those before it. Pure.

What a class keeps is nested, so a class gets a call only where every class before it could still get
one: nobody has to know who waits. The two calls a minute and fifty a day that forms alone may use are
there for the answer on a form that someone has to see at once.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple


class Priority(IntEnum):
    """Why a call is made, the most urgent first."""

    RISK = 0
    """A form: it may hold a risk answer, and only its text tells."""
    WEBHOOK = 1
    PERSON = 2
    """A change that someone asked to be made in IntakeQ."""
    NIGHTLY = 3
    CATCH_UP = 4


class Kept(NamedTuple):
    """Calls that a class leaves free."""

    minute: int
    day: int


STANDARD = Kept(10, 500)
"""IntakeQ's standard plan, for which `KEPT` is meant; with fewer calls less is kept."""
KEPT: Mapping[Priority, Kept] = {
    Priority.RISK: Kept(0, 0),
    Priority.WEBHOOK: Kept(2, 50),
    Priority.PERSON: Kept(4, 100),
    Priority.NIGHTLY: Kept(5, 125),
    Priority.CATCH_UP: Kept(6, 150),
}


def kept_free(priority: Priority, *, per_minute: int, per_day: int) -> Kept:
    """The calls of a minute and of a day that this class leaves to those before it."""
    wanted = KEPT[priority]
    return Kept(
        min(wanted.minute, wanted.minute * per_minute // STANDARD.minute),
        min(wanted.day, wanted.day * per_day // STANDARD.day),
    )


def limits_of(priority: Priority, *, per_minute: int, per_day: int) -> Kept:
    """How many calls of all classes together may be made before this class has to wait."""
    kept = kept_free(priority, per_minute=per_minute, per_day=per_day)
    return Kept(per_minute - kept.minute, per_day - kept.day)
