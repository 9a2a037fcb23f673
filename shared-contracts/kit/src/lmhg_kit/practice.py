"""The practice's own time: one place that knows what day it is there."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.http.state import Key


@dataclass(frozen=True)
class Practice:
    """Where the practice is, by its time zone's name."""

    timezone: str
    clock: Clock = utc_now

    @cached_property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.timezone)

    def today(self) -> date:
        """The day that it is there now."""
        return self.day_of(self.clock())

    def day_of(self, moment: datetime) -> date:
        """The day there at a moment: what comes at 8:50 PM on Friday came on Friday."""
        return moment.astimezone(self.zone).date()

    def bounds(self, day: date, *, days: int = 1) -> tuple[datetime, datetime]:
        """When a day begins there, and when the last of so many ends."""
        start = datetime.combine(day, time(), tzinfo=self.zone)
        return start, datetime.combine(day + timedelta(days=days), time(), tzinfo=self.zone)


PRACTICE: Key[Practice] = Key("practice")
