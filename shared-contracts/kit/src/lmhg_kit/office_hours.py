"""Office hours: on which days and at what times the practice works, and until when something is due.

Pure: the days are given. Times are of the practice's zone, so a day keeps its hours when clocks change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[time, time]
"""When a day opens, and when it closes."""
LOOK_MAX = 366
"""Days to look ahead for one that is open."""
USUAL: Mapping[int, Span] = dict.fromkeys(range(5), (time(9), time(17)))
"""Monday (0) to Friday, until a practice says otherwise."""


@dataclass(frozen=True)
class OfficeHours:
    """When the practice works: hours by weekday (Monday is 0), and the days on which it is closed."""

    zone: ZoneInfo
    week: Mapping[int, Span] = field(default_factory=lambda: USUAL)
    closed: frozenset[date] = frozenset()

    def is_open_on(self, day: date) -> bool:
        """Whether the practice works on a day."""
        return day.weekday() in self.week and day not in self.closed

    def opening(self, day: date) -> datetime:
        """When the practice opens on a day; if it is closed then, on the next one that it works.

        A practice that is closed for a year counts as open at midnight: nothing waits for ever.
        """
        there = self.open_day(day)
        opens = self.week[there.weekday()][0] if self.is_open_on(there) else time()
        return datetime.combine(there, opens, tzinfo=self.zone)

    def open_day(self, day: date, *, after: int = 0) -> date:
        """The day itself if it is open, else the next open one; or so many open days later."""
        found = -1
        for ahead in range(LOOK_MAX):
            there = day + timedelta(days=ahead)
            found += self.is_open_on(there)
            if found == after:
                return there
        return day + timedelta(days=after)

    def start(self, moment: datetime) -> datetime:
        """When the practice can begin with what came at a moment: then, or as soon as it opens."""
        there = moment.astimezone(self.zone)
        day = there.date()
        if not self.is_open_on(day):
            return self.opening(day + timedelta(days=1))
        opens, closes = self.week[day.weekday()]
        if there.time() < opens:
            return self.opening(day)
        return there if there.time() < closes else self.opening(day + timedelta(days=1))

    def due(self, moment: datetime, *, days: int) -> datetime:
        """Until when something is due that takes so many working days, from a moment.

        It is the same time of day, so many open days later: what comes on Friday at 4 PM and takes one
        day is due on Monday at 4 PM. What comes while the practice is closed counts from the opening.
        """
        begun = self.start(moment)
        day = self.open_day(begun.date(), after=days)
        opens, closes = self.week.get(day.weekday(), (time(), time.max))
        at = min(max(begun.time(), opens), closes)
        return datetime.combine(day, at, tzinfo=self.zone)
